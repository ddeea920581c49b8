// Starts a side in a process of its own (side-process.ts).

import { fork } from 'node:child_process';
import { callOver } from '../sides/call-side.ts';
import type { AnswerMessage } from '../sides/serve-side.ts';
import type { CallSide, SideName } from '../sides/side.ts';

/** Where things lie: the bundled side-process and the entry file of the npm package `webgpu`. */
export interface NodeBundle {
  readonly sideProcess: string;
  readonly webgpu: string;
}

/** A side and the way to end it. */
export interface ForkedSide {
  readonly call: CallSide;
  end(): void;
}

/** Forks a side on what Dawn finds, or on what its flags say, such as `backend=null`. */
export function forkSide(side: SideName, { sideProcess, webgpu }: NodeBundle, flags: readonly string[] = []): ForkedSide {
  const child = fork(sideProcess, [side, webgpu, ...flags], { serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const call = callOver({
    post: (message) => child.send(message),
    listen(onAnswer, onEnd) {
      child.on('message', (message) => onAnswer(message as AnswerMessage)); // nobody else has the channel
      child.on('exit', (code, signal) => onEnd(`${side} ended with ${signal ?? code}`));
    },
  });
  return { call, end: () => child.disconnect() };
}

/** Forks and opens sides, measures with them, and ends them. */
export async function withSides<Result>(
  names: readonly SideName[],
  bundle: NodeBundle,
  flags: readonly string[],
  measure: (sides: ReadonlyMap<SideName, CallSide>, adapter: string) => Promise<Result>,
): Promise<Result> {
  const forked = names.map((name) => [name, forkSide(name, bundle, flags)] as const);
  try {
    let adapter = '';
    for (const [, { call }] of forked) ({ adapter } = await call('open', null));
    return await measure(new Map(forked.map(([name, { call }]) => [name, call])), adapter);
  } finally {
    for (const [, { end }] of forked) end();
  }
}
