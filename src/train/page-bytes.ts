// Bytes of datasets, asked of the page: the worker itself has no network. Several requests for one file share one answer.

import { PlaygroundError } from '../core/errors.ts';
import type { DatasetSource } from '../data/dataset-source.ts';

interface Waiting {
  resolve(bytes: ArrayBuffer): void;
  reject(error: PlaygroundError): void;
}

/** A dataset source that asks with `request` and is answered through `provide`. */
export class PageBytes implements DatasetSource {
  private readonly request: (name: string) => void;
  private readonly waiting = new Map<string, Waiting[]>();

  constructor(request: (name: string) => void) {
    this.request = request;
  }

  bytes(name: string): Promise<ArrayBuffer> {
    return new Promise((resolve, reject) => {
      const others = this.waiting.get(name);
      if (others === undefined) {
        this.waiting.set(name, [{ resolve, reject }]);
        this.request(name);
      } else others.push({ resolve, reject });
    });
  }

  /** The page's answer; null with a reason where it could not load the file. */
  provide(name: string, bytes: ArrayBuffer | null, reason: string): void {
    for (const { resolve, reject } of this.waiting.get(name) ?? []) {
      if (bytes === null) reject(new PlaygroundError('data-invalid', reason, { place: 'data' }));
      else resolve(bytes);
    }
    this.waiting.delete(name);
  }
}
