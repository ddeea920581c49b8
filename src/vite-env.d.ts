declare module 'virtual:lockstep/sandbox' {
  /** Address of runner.html, relative to the page. */
  export const runnerPage: string;
  /** Address of the replica bundle, relative to the page. */
  export const replicaBundle: string;
}
