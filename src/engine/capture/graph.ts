// A recorded step that can be run again: its inputs are copied into the buffers it read, its commands are encoded once more, one submit.

import type { Tensor } from '@tensorflow/tfjs';
import type { LockstepBackend } from '../backend/lockstep-backend.ts';
import { tf } from '../tf.ts';
import type { Recording } from './capture.ts';
import { buffersOf, encodeCommands } from './commands.ts';
import type { Command, StepTrace } from './commands.ts';
import { separated } from './separate.ts';

/** One step, for inputs of one shape. */
export class CapturedGraph {
  /** Written anew by every replay. They stay the graph's. */
  readonly outputs: readonly Tensor[];
  private readonly backend: LockstepBackend;
  private readonly recording: Recording;
  private readonly inputs: Tensor[];

  /** Takes the outputs over, and a reference to each input. */
  constructor(backend: LockstepBackend, recording: Recording, inputs: readonly Tensor[]) {
    this.backend = backend;
    this.recording = recording;
    this.outputs = recording.outputs.map((output) => tf.keep(output));
    this.inputs = inputs.map((input) => tf.keep(input.clone()));
  }

  get trace(): StepTrace {
    return this.recording.notes;
  }

  /** Whether a tensor that it reads is gone: it can never be replayed again. */
  get isStale(): boolean {
    return this.recording.notes.arena.hasLostBuffer;
  }

  /** Runs the step on these inputs, of the shapes it was recorded with: with the next submit, in order with everything else. */
  replay(inputs: readonly Tensor[]): void {
    this.begin(inputs);
    this.encode(this.commands);
  }

  get commandCount(): number {
    return this.recording.notes.commands.length;
  }

  /** How many commands it takes until nothing touches these tensors any more; of the graph's outputs. */
  commandsUntil(outputs: readonly Tensor[]): number {
    const buffers = new Set(outputs.map(({ dataId }) => this.backend.bufferOf(dataId)));
    return this.commands.findLastIndex((command) => buffersOf(command).some((buffer) => buffers.has(buffer))) + 1;
  }

  /** Everything that precedes the commands: what the host does in every step, variables at home, inputs in their buffers. */
  begin(inputs: readonly Tensor[]): void {
    const { backend, recording } = this;
    backend.flush(); // the host writes into buffers that the step before may still have to read
    backend.capture.homes.prepare();
    for (const action of recording.notes.actions) action();
    for (const [index, input] of this.inputs.entries()) {
      const value = inputs[index];
      if (value !== undefined && value.dataId !== input.dataId)
        backend.timing.notes.during('input', () => backend.copyInto(value, this.ownInput(index, input)));
    }
    for (const { dataId } of this.outputs) backend.stored(dataId).values = null;
  }

  /** Submits the commands of a range, in order with everything else; ranges of one step follow each other. */
  submit(from: number, to: number): void {
    this.encode(this.commands.slice(from, to));
    this.backend.flush();
  }

  /** Gives its buffers back. Outputs that somebody else still refers to stay theirs, with the values of the last replay. */
  dispose(): void {
    tf.dispose([...this.outputs, ...this.inputs]);
    this.backend.capture.release(this.recording.notes);
  }

  /** The input, after whoever still holds the batch that it was recorded with has got a copy. */
  private ownInput(index: number, input: Tensor): Tensor {
    const { backend } = this;
    if (backend.stored(input.dataId).refCount === 1 || backend.isF16(input)) return input;
    const own = separated(backend, input);
    input.dispose();
    this.inputs[index] = own;
    return own;
  }

  /** Into the encoder that tfjs has open: what follows, such as a copy of the loss, goes with it. */
  private encode(commands: readonly Command[]): void {
    const { backend } = this;
    const { notes } = backend.timing;
    notes.during('other', () => encodeCommands(backend.openEncoder(), commands, notes));
  }

  private get commands(): readonly Command[] {
    return this.recording.notes.commands;
  }
}
