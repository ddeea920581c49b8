// What the command line's exit codes mean, for scripts and CI.

/** `interrupted` is the shell's own convention: 128 + SIGINT. */
export const exitCodes = { done: 0, failed: 1, badUsage: 2, interrupted: 130 } as const;
