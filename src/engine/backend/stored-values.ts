// What tfjs's WebGPU backend keeps of a tensor on the CPU: what there is to upload, and whether only the GPU has it.

import type { StoredTensor } from './internals.ts';

/** What to upload, as 32-bit words: the tensor's own where they are such. Null where there is nothing, or where tfjs has to do it. */
export function uploadWords({ values, dtype }: StoredTensor): Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> | null {
  if (values === null || values === undefined || values.length === 0) return null;
  if (dtype === 'float32') return isWhole(values, Float32Array) ? values : Float32Array.from(values);
  if (dtype !== 'int32' && dtype !== 'bool') return null;
  return isWhole(values, Int32Array) ? values : Int32Array.from(values);
}

/** Whether a queue can write them as they are. */
function isWhole<T extends Float32Array | Int32Array>(
  values: ArrayLike<number>,
  type: new (length: number) => T,
): values is T & (Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>) {
  return values instanceof type && values.buffer instanceof ArrayBuffer;
}

/** Whether a tensor's values are on the GPU alone; `find` gives the parts of a complex one, undefined for what was disposed of. */
export function needsGpuRead(stored: StoredTensor, find: (dataId: object) => StoredTensor | undefined): boolean {
  if (stored.values !== null && stored.values !== undefined) return false;
  if (stored.dtype === 'string') return false;
  const parts = stored.complexTensorInfos;
  if (parts === null || parts === undefined) return true;
  return [parts.real, parts.imag].some((part) => {
    const data = find(part.dataId);
    return data !== undefined && needsGpuRead(data, find);
  });
}
