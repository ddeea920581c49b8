// Numbers on f16's number line, obviously made up: bells of powers of two, each layer's gradients further down.

import { binCount, lineClasses, smallestBinExponent } from '../../src/core/number-line.ts';
import type { LineClass, LineCounts } from '../../src/core/number-line.ts';
import type { CountedTensor, NumberLines } from '../../src/train/number-lines.ts';

/** 1,000 numbers around 2^`centre`, a tenth of them zeros. */
function bell(centre: number): LineCounts {
  const weights = Array.from({ length: binCount }, (_, bin) => 2 ** -(((smallestBinExponent + bin - centre) / 3) ** 2));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const bins = weights.map((weight) => Math.round((900 * weight) / sum));
  const classes = Object.fromEntries(lineClasses.map((name) => [name, 0])) as Record<LineClass, number>; // every name
  classes.zero = 100;
  for (const [bin, count] of bins.entries()) classes[classAt(smallestBinExponent + bin)] += count;
  return { classes, bins };
}

function classAt(exponent: number): LineClass {
  if (exponent < -25) return 'lost';
  if (exponent < -14) return 'subnormal';
  return exponent < 16 ? 'normal' : 'overflow';
}

/** A step of two layers; a scale of null leaves gradients as they are. */
export function fakeNumberLines(step: number, lossScale: number | null): NumberLines {
  const shift = lossScale === null ? 0 : Math.log2(lossScale);
  const ofLayer = (layer: string, centre: number): readonly CountedTensor[] => {
    const gradient = { counts: bell(centre + shift), unscaled: lossScale === null ? null : bell(centre) };
    return [
      { kind: 'activation', layer, weight: null, shape: [32, 10], isF16: lossScale !== null, counts: bell(0), unscaled: null },
      { kind: 'signal', layer, weight: null, shape: [32, 10], isF16: lossScale !== null, ...gradient },
      { kind: 'weight', layer, weight: `${layer}/kernel`, shape: [784, 10], isF16: false, counts: bell(-5), unscaled: null },
      { kind: 'gradient', layer, weight: `${layer}/kernel`, shape: [784, 10], isF16: false, ...gradient },
    ];
  };
  return { step, lossScale, tensors: [...ofLayer('fake_conv', -24), ...ofLayer('fake_dense', -14)] };
}
