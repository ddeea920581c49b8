// The implementations of the matrix product and the classes of shapes they are chosen by. A class is the transpose form and how many results
// there are, which decides how many invocations a tile leaves a device to fill.

import type { kernelVariants } from '../../core/kernel-variants.ts';
import type { MatMulTile } from './matmul-program.ts';
import type { MatMulShape } from './matmul-shape.ts';

type VariantName = (typeof kernelVariants.matMul)[number];

/** The tiles by name; `stock`, which is not among them, is tfjs's own kernel. */
export const tiles: Readonly<Record<string, MatMulTile>> & Readonly<Record<Exclude<VariantName, 'stock'>, MatMulTile>> = {
  /** Fewest loads per multiplication, and twice as long to compile. */
  tall: { rowCount: 8, workgroup: [16, 1] },
  /** A workgroup has one row block: all its invocations read the same values of A. */
  wide: { rowCount: 4, workgroup: [16, 1] },
  /** Fewest idle invocations where rows and columns are few. */
  square: { rowCount: 4, workgroup: [8, 8] },
};

/** Results from which a product is no longer small, and from which it is large. */
const sizeLimits = { medium: 2 ** 12, large: 2 ** 16 } as const;

/** Such as `nt-medium`: B transposed, 4,096 to 65,535 results. */
export function shapeClassOf(shape: Pick<MatMulShape, 'batch' | 'rows' | 'columns' | 'transposeA' | 'transposeB'>): string {
  const { batch, rows, columns, transposeA, transposeB } = shape;
  const form = `${transposeA ? 't' : 'n'}${transposeB ? 't' : 'n'}`;
  const size = batch * rows * columns;
  return `${form}-${size >= sizeLimits.large ? 'large' : size >= sizeLimits.medium ? 'medium' : 'small'}`;
}

/** Their names, the default first. The defaults are measured: bench/RESULTS.md. */
export function matMulVariants(shapeClass: string): readonly VariantName[] {
  return shapeClass.endsWith('small') ? ['square', 'wide', 'tall', 'stock'] : ['tall', 'wide', 'square', 'stock'];
}
