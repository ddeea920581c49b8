// What a recorded step is made of: dispatches and buffer copies, in order. Two recordings of the same step are compared here before
// either is trusted: the same programs in the same grids over buffers that stand in the same places, and the same numbers from the host.

import type { GpuPhase } from '../../core/gpu-times.ts';
import type { DispatchNotes, KernelNote } from '../timing/dispatch-notes.ts';

/** One dispatch of a compute program. */
export interface Dispatch {
  readonly phase: GpuPhase;
  readonly kernel: KernelNote;
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  /** What the group binds, in order of its entries. */
  readonly buffers: readonly GPUBuffer[];
  /** Workgroups along x, y and z. */
  readonly grid: readonly [x: number, y: number, z: number];
}

/** One copy between buffers; offsets and size in bytes. */
export interface BufferCopy {
  readonly phase: GpuPhase;
  readonly source: GPUBuffer;
  readonly sourceOffset: number;
  readonly target: GPUBuffer;
  readonly targetOffset: number;
  readonly byteLength: number;
}

export type Command = Dispatch | BufferCopy;

/** Values that the host uploaded in the middle of a step. */
export type Constant = Float32Array | Int32Array;

/** What the host and the device did in one run of a step. */
export interface StepTrace {
  readonly commands: readonly Command[];
  readonly constants: readonly Constant[];
}

/** The buffers that a command reads or writes. */
export function buffersOf(command: Command): readonly GPUBuffer[] {
  return 'pipeline' in command ? command.buffers : [command.source, command.target];
}

/** Encodes commands in their order; dispatches that follow each other share a pass. Each is noted as it was when it was recorded. */
export function encodeCommands(encoder: GPUCommandEncoder, commands: readonly Command[], notes: DispatchNotes): void {
  let pass: GPUComputePassEncoder | null = null;
  let pipeline: GPUComputePipeline | null = null;
  for (const command of commands) {
    notes.phase = command.phase;
    if (!('pipeline' in command)) {
      pass?.end();
      pass = null;
      const { source, sourceOffset, target, targetOffset, byteLength } = command;
      encoder.copyBufferToBuffer(source, sourceOffset, target, targetOffset, byteLength);
      continue;
    }
    if (pass === null) {
      pass = encoder.beginComputePass();
      pipeline = null;
    }
    notes.kernel = command.kernel;
    if (command.pipeline !== pipeline) pass.setPipeline((pipeline = command.pipeline));
    pass.setBindGroup(0, command.bindGroup);
    pass.dispatchWorkgroups(...command.grid);
  }
  pass?.end();
}

/** In what two runs of a step differ first, as a clause; null where they did the same. */
export function firstDifference(before: StepTrace, now: StepTrace): string | null {
  if (before.constants.length !== now.constants.length || !before.constants.every((values, index) => isSame(values, now.constants[index])))
    return 'it uploads other numbers in every step, such as a mask or noise made on the CPU';
  if (before.commands.length !== now.commands.length)
    return `it takes ${before.commands.length} GPU commands in one step and ${now.commands.length} in the next`;
  const [placesBefore, placesNow] = [new Places(), new Places()];
  const isRepeated = before.commands.every((command, index) => {
    const other = now.commands[index];
    return other !== undefined && isSameCommand(command, other, placesBefore, placesNow);
  });
  return isRepeated ? null : 'it runs other GPU programs, or on other numbers, from one step to the next';
}

/** Numbers buffers in the order in which they first appear, so that recordings with buffers of their own can be compared. */
class Places {
  private readonly placeOf = new Map<GPUBuffer, number>();

  /** Uniform buffers stand for themselves: there is one per content (backend/bind-group-cache.ts). */
  of(buffer: GPUBuffer): number | GPUBuffer {
    if ((buffer.usage & GPUBufferUsage.UNIFORM) !== 0) return buffer;
    let place = this.placeOf.get(buffer);
    if (place === undefined) this.placeOf.set(buffer, (place = this.placeOf.size));
    return place;
  }
}

function isSameCommand(a: Command, b: Command, placesA: Places, placesB: Places): boolean {
  const [buffersA, buffersB] = [buffersOf(a), buffersOf(b)];
  // Every buffer is looked up, whatever comes of it: a place is given at the first sight.
  const [keysA, keysB] = [buffersA.map((buffer) => placesA.of(buffer)), buffersB.map((buffer) => placesB.of(buffer))];
  if (keysA.length !== keysB.length || keysA.some((key, index) => key !== keysB[index])) return false;
  if ('pipeline' in a) return 'pipeline' in b && a.pipeline === b.pipeline && a.grid.every((count, axis) => count === b.grid[axis]);
  return !('pipeline' in b) && a.byteLength === b.byteLength && a.sourceOffset === b.sourceOffset && a.targetOffset === b.targetOffset;
}

/** By bits: a NaN is the same as itself. */
function isSame(a: Constant, b: Constant | undefined): boolean {
  if (b === undefined || a.length !== b.length || a.constructor !== b.constructor) return false;
  return a.every((value, index) => Object.is(value, b[index]));
}
