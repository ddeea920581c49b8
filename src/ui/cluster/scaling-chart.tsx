// One curve over the number of ranks, powers of two evenly apart. Modelled curves are dashed and their points hollow, so that they cannot be
// taken for the measured ones above. Plain SVG, drawn as wide as there is room: there are twenty-odd points, and they change when
// somebody chooses something.

import { useSignal } from '@preact/signals';
import type { Signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../../state/locale.ts';
import { formatCount } from '../number-format.ts';

/** A point of a curve. */
export interface ChartPoint {
  readonly worldSize: number;
  readonly value: number;
}

/** What a chart shows. */
export interface ScalingChartProps {
  readonly title: string;
  readonly points: readonly ChartPoint[];
  /** What it would be if the network took no time; drawn thin. */
  readonly ideal: readonly ChartPoint[];
  /** From bottom to top; `position` takes a value into [0, 1]. */
  readonly ticks: readonly number[];
  readonly position: (value: number) => number;
  readonly format: (value: number) => string;
  /** Where communication begins to take longer than computing; null for nowhere. */
  readonly crossover: number | null;
  /** The number of ranks that is pointed at, in all charts. */
  readonly pointed: Signal<number | null>;
  readonly onChoose: (worldSize: number) => void;
}

const height = 200;
const inset = { top: 12, right: 12, bottom: 24, left: 56 };
/** Narrower than this, only every other power of four has its number. */
const narrowWidth = 400;
const mostPowers = 12;

/** The chart. */
export function ScalingChart(props: ScalingChartProps): preact.JSX.Element {
  const { title, points, ideal, ticks, position, format, crossover, pointed } = props;
  const host = useRef<HTMLDivElement>(null);
  const width = useSignal(0);
  useEffect(() => {
    const element = host.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => {
      width.value = element.clientWidth;
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const x = (worldSize: number): number => inset.left + (Math.log2(worldSize) / mostPowers) * (width.value - inset.left - inset.right);
  const y = (value: number): number => height - inset.bottom - position(value) * (height - inset.top - inset.bottom);
  const line = (curve: readonly ChartPoint[]): string =>
    curve.map(({ worldSize, value }) => `${x(worldSize).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
  const isRight = crossover !== null && x(crossover) > width.value * 0.45;
  // Where the curve is not.
  const isBelow = isRight && position(points[0]?.value ?? 0) > 0.5;
  const shown = points.find(({ worldSize }) => worldSize === pointed.value);

  function nearest(event: MouseEvent): number | null {
    const left = event.clientX - (host.current?.getBoundingClientRect().left ?? 0);
    const distance = ({ worldSize }: ChartPoint): number => Math.abs(x(worldSize) - left);
    return (
      points.reduce<ChartPoint | null>((best, point) => (best === null || distance(point) < distance(best) ? point : best), null)
        ?.worldSize ?? null
    );
  }

  return (
    <figure class="cluster-chart">
      <figcaption>
        <b>{title}</b>
        <span class={`cluster-readout${shown === undefined ? '' : ' is-pointed'}`}>
          {shown === undefined
            ? t('cluster.idealNote')
            : t('cluster.readout', { ranks: formatCount(shown.worldSize), value: format(shown.value) })}
        </span>
      </figcaption>
      <div
        ref={host}
        onPointerMove={(event) => {
          pointed.value = nearest(event);
        }}
        onPointerLeave={() => {
          pointed.value = null;
        }}
        onClick={(event) => {
          const worldSize = nearest(event);
          if (worldSize !== null) props.onChoose(worldSize);
        }}
      >
        {width.value === 0 ? null : (
          <svg width={width.value} height={height} role="img" aria-label={describe(props)}>
            {ticks.map((tick) => (
              <g key={tick}>
                <line class="cluster-grid" x1={inset.left} x2={width.value - inset.right} y1={y(tick)} y2={y(tick)} />
                <text x={inset.left - 6} y={y(tick) + 4} text-anchor="end">
                  {format(tick)}
                </text>
              </g>
            ))}
            {(width.value < narrowWidth ? [0, 4, 8, 12] : [0, 2, 4, 6, 8, 10, 12]).map((power) => (
              <text key={power} x={x(2 ** power)} y={height - 6} text-anchor={power === mostPowers ? 'end' : 'middle'}>
                {formatCount(2 ** power)}
              </text>
            ))}
            {crossover === null ? null : (
              <g class="cluster-crossover">
                <line x1={x(crossover)} x2={x(crossover)} y1={inset.top} y2={height - inset.bottom} />
                <text
                  x={x(crossover) + (isRight ? -4 : 4)}
                  y={isBelow ? height - inset.bottom - 6 : inset.top + 8}
                  text-anchor={isRight ? 'end' : 'start'}
                >
                  {t('cluster.crossoverMark', { ranks: formatCount(crossover) })}
                </text>
              </g>
            )}
            <polyline class="cluster-ideal" points={line(ideal)} />
            <polyline class="cluster-curve" points={line(points)} />
            {points.map((point) => (
              <circle
                key={point.worldSize}
                class={point.worldSize === pointed.value ? 'is-pointed' : ''}
                cx={x(point.worldSize)}
                cy={y(point.value)}
                r={point.worldSize === pointed.value ? 4 : 2.5}
              />
            ))}
          </svg>
        )}
      </div>
    </figure>
  );
}

function describe({ title, points, format }: ScalingChartProps): string {
  const ends = [points[0], points.at(-1)].map((point) =>
    point === undefined ? '' : t('cluster.readout', { ranks: formatCount(point.worldSize), value: format(point.value) }),
  );
  return t('cluster.chartDescription', { title, from: ends[0] ?? '', to: ends[1] ?? '' });
}
