// One tensor on f16's number line, drawn: a bar for each power of two, over the zones of the format; where the loss is scaled, an outline
// shows where the same numbers lie without the scale. The numbers in words stand in the table around it.

import { binCount, smallestBinExponent } from '../../core/number-line.ts';
import type { LineCounts } from '../../core/number-line.ts';
import { t } from '../../state/locale.ts';

const height = 28;

/** Where the zones of f16 begin, as powers of two; the first is what is lost to zero. */
const zones = [
  { name: 'lost', from: smallestBinExponent },
  { name: 'subnormal', from: -25 },
  { name: 'normal', from: -14 },
  { name: 'overflow', from: 16 },
] as const;

type ZoneName = (typeof zones)[number]['name'];

/** Places across, of `binCount`. */
function zonePlaces(): readonly { readonly name: ZoneName; readonly x: number; readonly width: number }[] {
  return zones.map(({ name, from }, index) => {
    const x = from - smallestBinExponent;
    const end = (zones[index + 1]?.from ?? smallestBinExponent + binCount) - smallestBinExponent;
    return { name, x, width: end - x };
  });
}

/** The strip of a tensor. */
export function LineStrip(props: {
  readonly counts: LineCounts;
  readonly unscaled: LineCounts | null;
  readonly label: string;
}): preact.JSX.Element {
  const { counts, unscaled, label } = props;
  const most = Math.max(1, ...counts.bins, ...(unscaled?.bins ?? []));
  // A few of many are not none.
  const tall = (count: number): number => (count === 0 ? 0 : Math.max(1.5, (count / most) * height));
  return (
    <svg class="line-strip" viewBox={`0 0 ${binCount} ${height}`} preserveAspectRatio="none" role="img" aria-label={label}>
      {zonePlaces().map(({ name, x, width }) => (
        <rect key={name} class={`line-zone is-${name}`} x={x} y="0" width={width} height={height} />
      ))}
      {counts.bins.map((count, bin) =>
        count === 0 ? null : <rect key={bin} class="line-bar" x={bin + 0.08} y={height - tall(count)} width="0.84" height={tall(count)} />,
      )}
      {unscaled === null ? null : <path class="line-outline" d={outline(unscaled.bins.map(tall))} />}
    </svg>
  );
}

/** What f16 makes of the numbers in each zone, above the strips. */
export function LineZones(): preact.JSX.Element {
  const words: Readonly<Record<ZoneName, string>> = {
    lost: '→ 0',
    subnormal: t('precision.subnormal'),
    normal: t('precision.normal'),
    overflow: '→ ∞',
  };
  return (
    <div class="line-zones">
      {zonePlaces().map(({ name, width }) => (
        <span key={name} style={{ flexGrow: width }}>
          {words[name]}
        </span>
      ))}
    </div>
  );
}

/** The powers of two at the borders, below them. */
export function LineTicks(): preact.JSX.Element {
  const ticks = [-25, -14, 0, 16];
  return (
    <div class="line-ticks" aria-hidden="true">
      {ticks.map((exponent) => (
        <span key={exponent} style={{ left: `${(100 * (exponent - smallestBinExponent)) / binCount}%` }}>
          2<sup>{exponent < 0 ? `−${-exponent}` : exponent}</sup>
        </span>
      ))}
    </div>
  );
}

/** Steps over the bins. */
function outline(heights: readonly number[]): string {
  return heights.map((tall, bin) => `${bin === 0 ? 'M' : 'L'}${bin},${height - tall} L${bin + 1},${height - tall}`).join(' ');
}
