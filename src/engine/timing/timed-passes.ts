// Time stamps around everything that some command encoders record (WebGPU, section 20.4): every dispatch gets a compute pass of its own with
// a stamp at either end, every copy an empty pass before and one after. What is computed stays the same; it takes a little longer, because
// commands no longer share passes. What the stamps say is in stamps.ts.
//
// A command buffer may begin while the device still works on the one before it, such as the last step's. So before its first command comes
// an empty pass whose end is stamped, which is when everything earlier is done.

import { timesOf } from './stamps.ts';
import type { StampedTimes } from './stamps.ts';

/** One dispatch or copy, and how long the device took. */
export interface TimedCommand<Note> {
  readonly note: Note;
  readonly ms: number;
}

/** Everything that was timed. */
export interface PassTimes<Note> extends Pick<StampedTimes, 'spanMs' | 'resolutionMs'> {
  /** In the order in which they were recorded. */
  readonly commands: readonly TimedCommand<Note>[];
  /** Dispatches and copies beyond those that there is room for. */
  readonly untimedCount: number;
}

/** Says what a command is, when it is recorded. */
export interface CommandNotes<Note> {
  dispatch(pipeline: GPUComputePipeline): Note;
  /** Null: copies are not timed. */
  copy(byteLength: number): Note | null;
}

/** Query sets hold no more (WebGPU, section 20.1). */
const queriesPerSet = 4096;
const mostCommands = 16_384;
const bytesPerStamp = 8;

/** The stamps of some command encoders of one device, to be read once. */
export class TimedPasses<Note> {
  private readonly device: GPUDevice;
  private readonly notes: CommandNotes<Note>;
  /** The command buffer and the note of each command, which has stamps 2i and 2i + 1; null for what only marks a beginning. */
  private readonly commands: { readonly note: Note | null; readonly buffer: number }[] = [];
  private readonly sets: GPUQuerySet[] = [];
  private bufferCount = 0;
  private untimedCount = 0;

  /** Needs the feature `timestamp-query`. */
  constructor(device: GPUDevice, notes: CommandNotes<Note>) {
    this.device = device;
    this.notes = notes;
  }

  /** The same encoder, whose commands are timed from here on. */
  time(encoder: GPUCommandEncoder): GPUCommandEncoder {
    const buffer = this.bufferCount++;
    const begin = encoder.beginComputePass.bind(encoder);
    let hasBegun = false;
    const stampsOf = (note: Note) => {
      const first = hasBegun ? null : this.stampsFor(buffer, null);
      hasBegun = true;
      if (first !== null)
        begin({ timestampWrites: { querySet: first.querySet, endOfPassWriteIndex: first.beginningOfPassWriteIndex } }).end();
      return this.stampsFor(buffer, note);
    };
    encoder.beginComputePass = (descriptor) =>
      descriptor?.timestampWrites === undefined
        ? passPerDispatch((pipeline) => {
            const timestampWrites = stampsOf(this.notes.dispatch(pipeline));
            return begin(timestampWrites === null ? {} : { timestampWrites });
          })
        : begin(descriptor); // somebody else times it
    // It has two forms, and both end in their number of bytes.
    const copy = encoder.copyBufferToBuffer.bind(encoder) as (...values: unknown[]) => undefined;
    encoder.copyBufferToBuffer = (...values: unknown[]) => {
      const note = this.notes.copy(Number(values.at(-1)));
      const stamps = note === null ? null : stampsOf(note);
      if (stamps === null) return copy(...values);
      const { querySet, beginningOfPassWriteIndex, endOfPassWriteIndex } = stamps;
      begin({ timestampWrites: { querySet, endOfPassWriteIndex: beginningOfPassWriteIndex } }).end();
      copy(...values);
      begin({ timestampWrites: { querySet, endOfPassWriteIndex } }).end();
      return undefined;
    };
    return encoder;
  }

  /** What was timed, once the device has done it. Every encoder must have been submitted. Rejects where the device is lost. */
  async read(): Promise<PassTimes<Note>> {
    const { commands, untimedCount } = this;
    if (commands.length === 0) return { commands: [], spanMs: 0, resolutionMs: 0, untimedCount };
    const buffers = commands.map(({ buffer }) => buffer);
    const { ms, spanMs, resolutionMs } = timesOf(buffers, await this.readStamps(2 * commands.length));
    const timed = commands.flatMap(({ note }, index) => (note === null ? [] : [{ note, ms: ms[index] ?? 0 }]));
    return { commands: timed, spanMs, resolutionMs, untimedCount };
  }

  /** Gives the query sets back unread. */
  dispose(): void {
    for (const set of this.sets) set.destroy();
    this.sets.length = 0;
  }

  /** A command's two places; null where there is no room for it. */
  private stampsFor(buffer: number, note: Note | null) {
    if (this.commands.length === mostCommands) {
      this.untimedCount++;
      return null;
    }
    const place = 2 * this.commands.push({ note, buffer }) - 2;
    const querySet = (this.sets[Math.floor(place / queriesPerSet)] ??= this.device.createQuerySet({
      type: 'timestamp',
      count: queriesPerSet,
    }));
    const beginningOfPassWriteIndex = place % queriesPerSet;
    return { querySet, beginningOfPassWriteIndex, endOfPassWriteIndex: beginningOfPassWriteIndex + 1 };
  }

  private async readStamps(count: number): Promise<BigUint64Array> {
    const { device } = this;
    const size = count * bytesPerStamp;
    const resolved = device.createBuffer({ label: 'time stamps', size, usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC });
    const mapped = device.createBuffer({ label: 'time stamps', size, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ });
    try {
      const encoder = device.createCommandEncoder();
      for (const [index, set] of this.sets.entries()) {
        const from = index * queriesPerSet;
        encoder.resolveQuerySet(set, 0, Math.min(queriesPerSet, count - from), resolved, from * bytesPerStamp);
      }
      encoder.copyBufferToBuffer(resolved, 0, mapped, 0, size);
      device.queue.submit([encoder.finish()]);
      await mapped.mapAsync(GPUMapMode.READ);
      return new BigUint64Array(mapped.getMappedRange().slice(0));
    } finally {
      for (const buffer of [resolved, mapped]) buffer.destroy();
      this.dispose();
    }
  }
}

/** Looks like a compute pass to whoever records; begins a real one, told its pipeline, for every dispatch. */
function passPerDispatch(begin: (pipeline: GPUComputePipeline) => GPUComputePassEncoder): GPUComputePassEncoder {
  let pipeline: GPUComputePipeline | null = null;
  const groups = new Map<number, GPUBindGroup | null>();
  const dispatch = (act: (pass: GPUComputePassEncoder) => undefined): undefined => {
    if (pipeline === null) throw new Error('timed pass: expected a pipeline before a dispatch, got none.');
    const real = begin(pipeline);
    real.setPipeline(pipeline);
    for (const [index, group] of groups) real.setBindGroup(index, group);
    act(real);
    real.end();
  };
  const pass: Pick<GPUComputePassEncoder, 'setPipeline' | 'setBindGroup' | 'dispatchWorkgroups' | 'dispatchWorkgroupsIndirect' | 'end'> = {
    setPipeline(next) {
      pipeline = next;
    },
    setBindGroup(index: number, group: GPUBindGroup | null | undefined) {
      groups.set(index, group ?? null);
    },
    dispatchWorkgroups: (x, y, z) => dispatch((real) => real.dispatchWorkgroups(x, y, z)),
    dispatchWorkgroupsIndirect: (buffer, offset) => dispatch((real) => real.dispatchWorkgroupsIndirect(buffer, offset)),
    end: () => undefined,
  };
  // tfjs, jax-js and the engine call nothing else of a pass; what did would fail loudly.
  return pass as GPUComputePassEncoder;
}
