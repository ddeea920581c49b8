// The other end of serve-side.ts: calls as promises.

import type { AnswerMessage, CallMessage } from './serve-side.ts';
import type { CallSide } from './side.ts';

/** How messages get there and back. */
export interface SideLink {
  post(message: CallMessage): void;
  /** Calls `onAnswer` with every answer, and `onEnd` where none will come any more. */
  listen(onAnswer: (message: AnswerMessage) => void, onEnd: (reason: string) => void): void;
}

/** Calls over a link; those that wait reject where the other end is gone. */
export function callOver(link: SideLink): CallSide {
  const waiting = new Map<number, { readonly resolve: (answer: never) => void; readonly reject: (reason: Error) => void }>();
  let lastId = 0;
  let ended: Error | null = null;
  link.listen(
    (message) => {
      const call = waiting.get(message.id);
      waiting.delete(message.id);
      if ('error' in message) call?.reject(new Error(message.error));
      else call?.resolve(message.answer as never); // of the type that its name has in SideCalls
    },
    (reason) => {
      ended = new Error(`bench: expected an answer, got none: ${reason}.`);
      for (const { reject } of waiting.values()) reject(ended);
      waiting.clear();
    },
  );
  return (name, ask) =>
    new Promise((resolve, reject) => {
      if (ended !== null) return reject(ended);
      const id = ++lastId;
      waiting.set(id, { resolve, reject });
      link.post({ id, name, ask });
    });
}
