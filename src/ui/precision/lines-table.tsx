// The tensors of a counted step, layer by layer: each on f16's number line, and the shares of its numbers that f16 stores as zero, as subnormal, as
// infinity. Where the loss is scaled, the share that would be lost without the scale stands beside the one that is.

import { infiniteCount, lineClasses, lostShare, sizeOfCounts } from '../../core/number-line.ts';
import type { LineClass, LineCounts } from '../../core/number-line.ts';
import { t } from '../../state/locale.ts';
import type { CountedKind, CountedTensor, NumberLines } from '../../train/number-lines.ts';
import { formatCount, unknownNumber } from '../number-format.ts';
import { formatPart } from './format-part.ts';
import { LineStrip, LineTicks, LineZones } from './line-strip.tsx';

const kindWords = {
  activation: { name: 'precision.activation', hint: 'precision.activationHint' },
  signal: { name: 'precision.signal', hint: 'precision.signalHint' },
  weight: { name: 'precision.weight', hint: 'precision.weightHint' },
  gradient: { name: 'precision.gradient', hint: 'precision.gradientHint' },
} as const satisfies Record<CountedKind, object>;

/** The table. */
export function LinesTable({ lines }: { readonly lines: NumberLines }): preact.JSX.Element {
  const layers = [...new Set(lines.tensors.map(({ layer }) => layer))];
  const isScaled = lines.tensors.some(({ unscaled }) => unscaled !== null);
  return (
    <div class="precision-scroll" role="region" aria-label={t('precision.table')} tabIndex={0}>
      <table class="data-table precision-table">
        <thead>
          <tr>
            <th scope="col">{t('precision.tensor')}</th>
            <th scope="col" title={t('precision.storedHint')}>
              {t('precision.stored')}
            </th>
            <th scope="col" class="line-cell">
              <LineZones />
              <LineTicks />
            </th>
            <th scope="col" title={t('precision.lostHint')}>
              {t('precision.lost')}
            </th>
            {isScaled ? (
              <th scope="col" title={t('precision.unscaledHint')}>
                {t('precision.unscaled')}
              </th>
            ) : null}
            <th scope="col" title={t('precision.subnormalHint')}>
              {t('precision.subnormal')}
            </th>
            <th scope="col" title={t('precision.overflowHint')}>
              {t('precision.overflow')}
            </th>
            <th scope="col">{t('precision.zero')}</th>
          </tr>
        </thead>
        {layers.map((layer) => (
          <tbody key={layer}>
            <tr class="precision-layer">
              <th scope="rowgroup" colSpan={isScaled ? 8 : 7}>
                {layer === '' ? t('precision.noLayer') : layer}
              </th>
            </tr>
            {lines.tensors
              .filter((tensor) => tensor.layer === layer)
              .map((tensor) => (
                <TensorRow key={`${tensor.kind} ${tensor.weight ?? ''}`} tensor={tensor} isScaled={isScaled} />
              ))}
          </tbody>
        ))}
      </table>
    </div>
  );
}

function TensorRow({ tensor, isScaled }: { readonly tensor: CountedTensor; readonly isScaled: boolean }): preact.JSX.Element {
  const { kind, weight, shape, isF16, counts, unscaled } = tensor;
  const name = `${t(kindWords[kind].name)}${weight === null ? '' : ` ${shortName(weight)}`}`;
  const infinite = infiniteCount(counts);
  const label = [name, ...lineClasses.map((one) => `${t(classNames[one])} ${partOf(counts, one)}`)].join(', ');
  return (
    <tr>
      <th scope="row" title={t(kindWords[kind].hint)}>
        {name} <small>[{shape.join(', ')}]</small>
      </th>
      <td>{isF16 ? 'f16' : 'f32'}</td>
      <td class="line-cell">
        <LineStrip counts={counts} unscaled={unscaled} label={label} />
      </td>
      <td class={isF16 && isLarge(counts) ? 'is-bad' : ''}>{formatPart(lostShare(counts))}</td>
      {isScaled ? <td>{unscaled === null ? unknownNumber : formatPart(lostShare(unscaled))}</td> : null}
      <td>{partOf(counts, 'subnormal')}</td>
      <td class={infinite > 0 ? 'is-bad' : ''}>
        {partOf(counts, 'overflow')}
        {infinite === 0 ? null : <small> {t('precision.infinite', { count: formatCount(infinite) })}</small>}
      </td>
      <td>{partOf(counts, 'zero')}</td>
    </tr>
  );
}

const classNames = {
  zero: 'precision.zero',
  lost: 'precision.lost',
  subnormal: 'precision.subnormal',
  normal: 'precision.normal',
  overflow: 'precision.overflow',
  nan: 'precision.nan',
} as const satisfies Record<LineClass, string>;

function partOf(counts: LineCounts, name: LineClass): string {
  const size = sizeOfCounts(counts);
  return formatPart(size === 0 ? null : counts.classes[name] / size);
}

/** More than one in twenty is worth a look. */
function isLarge(counts: LineCounts): boolean {
  return (lostShare(counts) ?? 0) > 0.05;
}

/** Of `conv2d_1/kernel` the last part: the layer stands above it. */
function shortName(weight: string): string {
  return weight.slice(weight.lastIndexOf('/') + 1);
}
