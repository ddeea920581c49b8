// Round numbers along an axis: 1, 2 or 5 times a power of ten apart; powers of ten on a logarithmic one.

/** About `count` round numbers from `min` to `max`, ascending; none where the axis has no length. */
export function niceTicks(min: number, max: number, count: number): readonly number[] {
  const rough = (max - min) / Math.max(1, count);
  if (!(rough > 0) || !Number.isFinite(rough)) return [];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => power * factor >= rough * (1 - 1e-9)) ?? 10);
  const first = Math.ceil(min / step - 1e-9);
  const last = Math.floor(max / step + 1e-9);
  return Array.from({ length: Math.min(64, Math.max(0, last - first + 1)) }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
}

/** Powers of `base` within a positive range, about `count` at most; round numbers where it holds fewer than two. */
export function logarithmicTicks(min: number, max: number, count: number, base: 2 | 10 = 10): readonly number[] {
  const log = base === 2 ? Math.log2 : Math.log10;
  const first = Math.ceil(log(min) - 1e-9);
  const last = Math.floor(log(max) + 1e-9);
  if (last - first < 1) return niceTicks(min, max, count).filter((tick) => tick > 0);
  const every = Math.max(1, Math.ceil((last - first + 1) / count));
  return Array.from({ length: Math.floor((last - first) / every) + 1 }, (_, index) =>
    base === 2 ? 2 ** (first + index * every) : Number(`1e${first + index * every}`),
  );
}
