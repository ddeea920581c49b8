// What is being given to the device: which kernel, on which shapes, in which phase of a step. The backend writes it down before each
// dispatch, capture keeps it with each command and a replay says it again, so that whoever times commands can name them. It costs a
// dispatch two assignments.

import type { TensorInfo } from '@tensorflow/tfjs';
import type { GpuPhase } from '../../core/gpu-times.ts';
import type { KernelCall } from '../backend/raw-kernel.ts';

/** A kernel and what it works on. */
export interface KernelNote {
  /** tfjs's shader key, or that of a kernel of ours. */
  readonly key: string;
  /** Of its tensors, the output's last; where it is no program of tfjs's form, of those that it changes, as far as that is known. */
  readonly shapes: readonly (readonly number[])[];
  readonly isProgram: boolean;
}

/** A program whose inputs and output are passed flat, and the shapes they stand for. */
export interface FlattenedProgram {
  readonly trueShapes: readonly (readonly number[])[];
}

/** The notes of one backend. */
export class DispatchNotes {
  phase: GpuPhase = 'other';
  kernel: KernelNote = { key: 'unnamed', shapes: [], isProgram: false };
  private readonly shapeOf: (dataId: object) => readonly number[];

  /** `shapeOf` gives the shape that data was made with. */
  constructor(shapeOf: (dataId: object) => readonly number[]) {
    this.shapeOf = shapeOf;
  }

  /** Runs a synchronous function in a phase. */
  during<Result>(phase: GpuPhase, run: () => Result): Result {
    const outer = this.phase;
    this.phase = phase;
    try {
      return run();
    } finally {
      this.phase = outer;
    }
  }

  /** A program in tfjs's form is dispatched next. What has one axis may be something else, passed flat. */
  program(
    program: { readonly shaderKey: string; readonly outputShape: readonly number[] } & Partial<FlattenedProgram>,
    inputs: readonly TensorInfo[],
  ): void {
    const { shaderKey: key, outputShape, trueShapes } = program;
    const inputShapes = inputs.map(({ dataId, shape }) => (shape.length === 1 ? this.shapeOf(dataId) : shape));
    this.kernel = { key, shapes: trueShapes ?? [...inputShapes, outputShape], isProgram: true };
  }

  /** A kernel of ours, outside of that form, is dispatched next; what it changes in place says more of it than what it reads. */
  own({ key, tensors, writes = tensors }: KernelCall): void {
    this.kernel = { key, shapes: writes.map((dataId) => this.shapeOf(dataId)), isProgram: false };
  }
}
