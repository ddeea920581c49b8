// A side in a worker of this page.

import { callOver } from '../sides/call-side.ts';
import type { AnswerMessage } from '../sides/serve-side.ts';
import type { CallSide } from '../sides/side.ts';

/** Calls to it. */
export function callWorker(worker: Worker): CallSide {
  return callOver({
    post: (message) => worker.postMessage(message),
    listen(onAnswer, onEnd) {
      worker.addEventListener('message', ({ data }: MessageEvent<AnswerMessage>) => onAnswer(data));
      worker.addEventListener('error', ({ message }) => onEnd(message));
    },
  });
}
