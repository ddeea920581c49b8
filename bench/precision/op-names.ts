// The ops whose times are compared: square matrix products, and the three passes of convolution layers.

import { benchLayers } from '../conv-page/layers.ts';

const largestOnSoftware = 1024;
const productSizes = [256, 512, 1024, 2048];
const passes = ['forward', 'image gradient', 'filter gradient'];
/** The convolutions. */
export const layers = benchLayers.filter(({ kind, stride }) => kind === 'conv' && stride === 1);

/** Their names; products larger than a software adapter multiplies in a second are left out where it is one. */
export function opNames(isSoftware: boolean): readonly string[] {
  const sizes = productSizes.filter((size) => !isSoftware || size <= largestOnSoftware);
  return [...sizes.map((size) => `matmul ${size}`), ...layers.flatMap(({ name }) => passes.map((pass) => `conv ${name}: ${pass}`))];
}
