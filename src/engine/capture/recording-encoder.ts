// A command encoder that also writes down what it encodes: the step runs as ever, and can be encoded again from the list. What cannot be
// written down (textures, time stamps, indirect dispatches) still runs, and the recording is refused.

import type { DispatchNotes } from '../timing/dispatch-notes.ts';
import type { Command } from './commands.ts';

/** Where commands go. */
export interface CommandSink {
  add(command: Command): void;
  /** The step cannot be repeated; `reason` is a clause. */
  refuse(reason: string): void;
  /** What a bind group binds. */
  buffersIn(bindGroup: GPUBindGroup): readonly GPUBuffer[];
}

const unrecorded = ['copyBufferToTexture', 'copyTextureToBuffer', 'copyTextureToTexture', 'clearBuffer', 'resolveQuerySet'] as const;

/** A new encoder of the device, whose commands the sink hears of, with what is noted of each. */
export function createRecordingEncoder(device: GPUDevice, sink: CommandSink, notes: DispatchNotes): GPUCommandEncoder {
  const encoder = device.createCommandEncoder();
  const beginComputePass = encoder.beginComputePass.bind(encoder);
  encoder.beginComputePass = (descriptor) => {
    if (descriptor?.timestampWrites !== undefined) sink.refuse('its GPU programs are being timed');
    return recordPass(beginComputePass(descriptor), sink, notes);
  };
  const copy = encoder.copyBufferToBuffer.bind(encoder);
  encoder.copyBufferToBuffer = (source: GPUBuffer, sourceOffset: unknown, target: unknown, targetOffset?: number, byteLength?: number) => {
    // tfjs and the engine use the long form of the two, with all five arguments.
    const [at, into] = [sourceOffset as number, target as GPUBuffer];
    copy(source, at, into, targetOffset ?? 0, byteLength ?? source.size - at);
    const ends = { source, sourceOffset: at, target: into, targetOffset: targetOffset ?? 0 };
    sink.add({ ...ends, byteLength: byteLength ?? source.size - at, phase: notes.phase });
    return undefined;
  };
  for (const name of unrecorded) {
    const run = encoder[name].bind(encoder) as (...values: unknown[]) => undefined; // whatever each takes is passed on
    encoder[name] = (...values: unknown[]) => {
      sink.refuse(`it uses ${name}`);
      return run(...values);
    };
  }
  return encoder;
}

function recordPass(pass: GPUComputePassEncoder, sink: CommandSink, notes: DispatchNotes): GPUComputePassEncoder {
  let pipeline: GPUComputePipeline | null = null;
  let bindGroup: GPUBindGroup | null = null;
  const setPipeline = pass.setPipeline.bind(pass);
  pass.setPipeline = (next) => setPipeline((pipeline = next));
  const setBindGroup = pass.setBindGroup.bind(pass) as (index: number, group: GPUBindGroup | null | undefined) => undefined;
  pass.setBindGroup = (index: number, group: GPUBindGroup | null | undefined, ...offsets: readonly unknown[]) => {
    if (index !== 0 || offsets.length > 0) sink.refuse('a GPU program has more than one bind group');
    bindGroup = group ?? null;
    return setBindGroup(index, group);
  };
  const dispatchWorkgroups = pass.dispatchWorkgroups.bind(pass);
  pass.dispatchWorkgroups = (x, y = 1, z = 1) => {
    const { phase, kernel } = notes;
    if (pipeline !== null && bindGroup !== null)
      sink.add({ pipeline, bindGroup, buffers: sink.buffersIn(bindGroup), grid: [x, y, z], phase, kernel });
    return dispatchWorkgroups(x, y, z);
  };
  const dispatchIndirect = pass.dispatchWorkgroupsIndirect.bind(pass);
  pass.dispatchWorkgroupsIndirect = (buffer, offset) => {
    sink.refuse('a GPU program is dispatched indirectly');
    return dispatchIndirect(buffer, offset);
  };
  return pass;
}
