// Firefox answers `mapAsync` and `onSubmittedWorkDone` only when it looks at the device again, which it does every 100 ms or when
// something is submitted (measured in 153; so a step that takes 60 ms is reported as 100, and reading 4 bytes back takes 100). An
// empty submit every 16 ms while an answer is pending brings it down to that. Chromium answers an idle queue in
// well under a millisecond, and there nothing is wrapped: empty submits in a tight loop cost it time. Which of the two a browser
// does is measured when the device is made, not read from its name.

/** Slower than this on an idle queue, three times running, is a timer and not the GPU. */
const promptMs = 25;
/** Between empty submits. Steps of the default experiment took as long with 2, 8 and 20 ms, and each submit costs Firefox's parent process. */
const nudgeEveryMs = 16;

/** Makes `onSubmittedWorkDone` and every `mapAsync` of a device answer promptly where they do not. Call it before any work is queued. */
export async function answerPromptly(device: GPUDevice): Promise<void> {
  if (await isPrompt(device.queue)) return;
  const nudge = nudger(device.queue);
  const { queue } = device;
  const stockDone = queue.onSubmittedWorkDone.bind(queue);
  queue.onSubmittedWorkDone = () => nudge(stockDone());
  const stockCreate = device.createBuffer.bind(device);
  device.createBuffer = (descriptor) => {
    const buffer = stockCreate(descriptor);
    if ((descriptor.usage & GPUBufferUsage.MAP_READ) !== 0) {
      const stockMap = buffer.mapAsync.bind(buffer);
      buffer.mapAsync = (...args) => nudge(stockMap(...args));
    }
    return buffer;
  };
}

/** Asks an idle queue up to three times: another replica may be using the GPU during one of them. */
async function isPrompt(queue: GPUQueue): Promise<boolean> {
  for (let tries = 0; tries < 3; tries++) {
    const askedAt = performance.now();
    await queue.onSubmittedWorkDone();
    if (performance.now() - askedAt < promptMs) return true;
  }
  return false;
}

/** Wraps promises so that the queue gets an empty submit every few milliseconds while any of them is pending. */
function nudger(queue: GPUQueue): <T>(pending: Promise<T>) => Promise<T> {
  let pendingCount = 0;
  let timer: ReturnType<typeof setInterval> | null = null;
  return (pending) => {
    pendingCount++;
    timer ??= setInterval(() => queue.submit([]), nudgeEveryMs);
    return pending.finally(() => {
      pendingCount--;
      if (pendingCount > 0 || timer === null) return;
      clearInterval(timer);
      timer = null;
    });
  };
}
