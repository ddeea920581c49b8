// What is written down while one step is recorded.

import type { Arena } from './arena.ts';
import type { Command, Constant, StepTrace } from './commands.ts';
import { buffersOf } from './commands.ts';
import type { CommandSink } from './recording-encoder.ts';

/** The notes of one recording. */
export class Recorder implements CommandSink, StepTrace {
  readonly arena: Arena;
  readonly commands: Command[] = [];
  readonly constants: Constant[] = [];
  /** What the host does before every run of the step. */
  readonly actions: (() => void)[] = [];
  /** Why the step cannot be repeated, as a clause: the first reason found; null while there is none. */
  refusal: string | null = null;
  /** Whether a write into a buffer from the CPU is one that a replay repeats, or need not. */
  mayWrite = false;
  private readonly bound = new WeakMap<GPUBindGroup, readonly GPUBuffer[]>();

  constructor(arena: Arena) {
    this.arena = arena;
  }

  add(command: Command): void {
    this.commands.push(command);
  }

  refuse(reason: string): void {
    this.refusal ??= reason;
  }

  buffersIn(bindGroup: GPUBindGroup): readonly GPUBuffer[] {
    return this.bound.get(bindGroup) ?? [];
  }

  noteBindGroup(bindGroup: GPUBindGroup, entries: Iterable<GPUBindGroupEntry>): void {
    const buffers: GPUBuffer[] = [];
    for (const { resource } of entries) {
      const { buffer } = resource as Partial<GPUBufferBinding>;
      if (buffer === undefined) this.refuse('a GPU program reads a texture');
      else buffers.push(buffer);
    }
    this.bound.set(bindGroup, buffers);
  }

  /** Every buffer that the commands use. */
  used(): ReadonlySet<GPUBuffer> {
    return new Set(this.commands.flatMap(buffersOf));
  }
}

/** Runs a function while `Math.random` refuses the recording: what was drawn would be the same in every replay, but for `everyStep`'s actions. */
export function watchingChance<T>(recorder: Recorder, run: () => T): T {
  const draw = Math.random;
  Math.random = () => {
    if (!recorder.mayWrite) recorder.refuse('it draws random numbers on the CPU, such as those of tf.randomUniform');
    return draw();
  };
  try {
    return run();
  } finally {
    Math.random = draw;
  }
}
