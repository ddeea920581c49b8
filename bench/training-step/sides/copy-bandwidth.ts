// How fast the device moves bytes from one of its buffers to another: the most that a step bound by memory can have.

const mostBytes = 256 * 1024 * 1024;
const copiesPerRound = 8;
const rounds = 5;

/** Bytes read and written in a second, on a device of its own; the best of a few rounds. Throws where there is no adapter. */
export async function copyBytesPerSecond(): Promise<number> {
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null) throw new Error('bench: expected an adapter, got none.');
  const size = Math.min(mostBytes, adapter.limits.maxBufferSize);
  const device = await adapter.requestDevice({ requiredLimits: { maxBufferSize: size } });
  const usage = GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const [from, to] = [device.createBuffer({ size, usage }), device.createBuffer({ size, usage })];
  let bestMs = Number.POSITIVE_INFINITY;
  for (let round = 0; round <= rounds; round++) {
    const encoder = device.createCommandEncoder();
    for (let copy = 0; copy < copiesPerRound; copy++) encoder.copyBufferToBuffer(from, 0, to, 0, size);
    const startedAt = performance.now();
    device.queue.submit([encoder.finish()]);
    await device.queue.onSubmittedWorkDone();
    if (round > 0) bestMs = Math.min(bestMs, performance.now() - startedAt); // the first clears the buffers
  }
  device.destroy();
  return (2 * size * copiesPerRound * 1000) / bestMs;
}
