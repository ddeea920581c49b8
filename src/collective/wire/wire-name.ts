// What gradients may look like between ranks, by the name a lane gives.

/** fp32 as they are; half the bytes; a quarter of them with a scale per block; or only a share of the values, the largest. */
export type WireName = 'fp32' | 'fp16' | 'int8' | `topk:${number}`;

/** The share of values that `topk:0.01` sends, above 0 and at most 1; null for another name. */
export function topKShare(name: string): number | null {
  const match = /^topk:(\d*\.?\d+)$/.exec(name);
  const share = match === null ? Number.NaN : Number(match[1]);
  return share > 0 && share <= 1 ? share : null;
}

/** Whether a value names a wire format. */
export function isWireName(value: unknown): value is WireName {
  return value === 'fp32' || value === 'fp16' || value === 'int8' || (typeof value === 'string' && topKShare(value) !== null);
}
