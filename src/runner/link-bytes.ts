// What a lane's links carried, from what each rank says it handed to them. A worker may answer anything, so what is no count is left out.

import type { LinkBytes } from './results.ts';

/** `sentTo[from][to]` in bytes. Null for one rank, which has no links. */
export function linkBytes(sentTo: readonly (readonly number[])[]): LinkBytes | null {
  const worldSize = sentTo.length;
  if (worldSize < 2) return null;
  const bytes = sentTo.flatMap((row: unknown, from) =>
    Array.from({ length: worldSize }, (_, to) => ({ from, to, bytes: Array.isArray(row) ? (row as readonly unknown[])[to] : undefined })),
  );
  return {
    origin: 'measured',
    bytes: bytes.filter((link): link is LinkBytes['bytes'][number] => link.from !== link.to && isCount(link.bytes)),
  };
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
