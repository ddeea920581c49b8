// Where datasets get their bytes. A worker of the sandbox has no network, so the replica installs a source that asks the page; tests
// install one that reads files. A program never sees this.

import { PlaygroundError } from '../core/errors.ts';

/** Gives the bytes of a file in `public/datasets/`. */
export interface DatasetSource {
  /** The file's bytes, as stored or inflated by `inflatePack`. Rejects where there is no such file. */
  bytes(name: string): Promise<ArrayBuffer>;
}

let installed: DatasetSource | null = null;

/** Installs the source that datasets use from now on. */
export function setDatasetSource(source: DatasetSource): void {
  installed = source;
}

/** Bytes from the installed source. Rejects with `internal` where none is installed. */
export async function readDatasetBytes(name: string): Promise<ArrayBuffer> {
  if (installed === null)
    throw new PlaygroundError('internal', `dataset ${name}: expected a source of bytes, got none. Call setDatasetSource first.`);
  return installed.bytes(name);
}
