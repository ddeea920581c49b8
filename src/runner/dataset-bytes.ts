// Datasets for the workers, which have no network: the page fetches them from its own folder, once, and gives each replica a copy.

import { PlaygroundError } from '../core/errors.ts';
import { inflatePack } from '../data/image-pack.ts';

const loaded = new Map<string, Promise<ArrayBuffer>>();

/** The bytes of `datasets/<name>`; a fresh promise to the same buffer. Throws `data-invalid` when it cannot be had. */
export function datasetBytes(name: string): Promise<ArrayBuffer> {
  let bytes = loaded.get(name);
  if (bytes === undefined) {
    bytes = fetchBytes(name);
    loaded.set(name, bytes);
    bytes.catch(() => loaded.delete(name)); // so that the next run tries again
  }
  return bytes;
}

async function fetchBytes(name: string): Promise<ArrayBuffer> {
  const url = new URL(`datasets/${name}`, document.baseURI);
  const response = await fetch(url).catch((cause: unknown) => {
    throw new PlaygroundError(
      'data-invalid',
      `dataset ${name}: it could not be loaded. Check the connection to this page and run again.`,
      {},
      { cause },
    );
  });
  if (!response.ok)
    throw new PlaygroundError(
      'data-invalid',
      `dataset ${name}: the server answered ${response.status}. Run the build again; it packs the datasets.`,
    );
  const bytes = await response.arrayBuffer();
  return name.endsWith('.bin') ? inflatePack(bytes) : bytes; // once here, rather than in every replica
}
