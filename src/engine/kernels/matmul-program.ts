// The matrix product in registers: an invocation holds `rowCount` rows × 4 columns of the result and goes through the inner dimension four
// values at a time, without workgroup memory and without barriers.
//   out[z, m, n] = activation(Σ over k of a[z, m, k] · b[z, k, n] + bias[n])
// One body serves all four transpose forms, because they differ only in how four values of A's rows and four rows of B's columns come into
// registers; every result is one chain of fused multiply-adds in the order of k, whatever the form and the tile.
// Buffers: A, B, bias and out are read and written as vec4 where their rows are a multiple of four long, else value by value.
// Grid: x over blocks of four columns, y over blocks of rows, z over the batch. With one row of invocations in a workgroup the row block
// comes from the workgroup's own number, so that a driver can see that all its invocations read the same values of A.
// Oracle: float64 sums and the CPU backend (test/browser/engine/matmul.test.ts, ops-dense, ops-fused-dense); error: that of a float32 sum.

import type { WebGPUBackend } from '../tf.ts';
import { activationWgsl, type Activation } from './activation-wgsl.ts';
import type { MatMulShape } from './matmul-shape.ts';

type Program = Parameters<WebGPUBackend['runWebGPUProgram']>[0];
type ProgramUniforms = NonNullable<Parameters<WebGPUBackend['runWebGPUProgram']>[3]>;

/** How the result is cut up. */
export interface MatMulTile {
  /** Rows of an invocation; 4 where not everything can be read as vectors. */
  readonly rowCount: 4 | 8;
  /** Invocations of a workgroup along columns and along rows. */
  readonly workgroup: readonly [columns: number, rows: number];
}

/** What follows the sum. */
export interface Epilogue {
  readonly hasBias: boolean;
  readonly activation: Activation;
  /** The slope of leakyrelu below zero. */
  readonly alpha: number;
}

/** A program and the values of its uniforms. Inputs are A, B and, with a bias, the bias, all flat. */
export interface MatMulCall {
  readonly program: Program;
  readonly uniforms: ProgramUniforms;
}

/** What WebGPU guarantees on every device (maxComputeWorkgroupsPerDimension). */
const mostWorkgroups = 65_535;

/** Null where the grid would be larger than a dispatch may be. */
export function matMulProgram(shape: MatMulShape, wanted: MatMulTile, epilogue: Epilogue): MatMulCall | null {
  const { batch, rows, columns, inner, transposeA, transposeB } = shape;
  const widths = {
    a: widthOf(transposeA ? rows : inner),
    b: widthOf(transposeB ? inner : columns),
    out: widthOf(columns),
    hasTail: inner % 4 !== 0,
  };
  // Single values are four loads where a vector is one: with as many rows, drivers would compile for seconds.
  const isVector = widths.a === 4 && widths.b === 4 && widths.out === 4 && !widths.hasTail;
  const tile: MatMulTile = isVector && rows > 4 ? wanted : { ...wanted, rowCount: 4 };
  const [x, y] = tile.workgroup;
  const grid: [number, number, number] = [Math.ceil(columns / (4 * x)), Math.ceil(rows / (tile.rowCount * y)), batch];
  if (Math.max(...grid) > mostWorkgroups) return null;
  const { hasBias, activation, alpha } = epilogue;
  const key = [`${tile.rowCount},${x},${y}`, transposeA, transposeB, activation, hasBias, ...Object.values(widths)].join('_');
  const program: Program = {
    variableNames: ['A', 'B', ...(hasBias ? ['bias'] : [])],
    variableComponents: [widths.a, widths.b, ...(hasBias ? [widths.out] : [])],
    outputComponent: widths.out,
    outputShape: [batch, rows, columns],
    uniforms: `rows : i32, columns : i32, inner : i32, strideA : i32, strideB : i32,${activation === 'leakyrelu' ? ' alpha : f32,' : ''}`,
    workgroupSize: [x, y, 1],
    dispatchLayout: { x: [2], y: [1], z: [0] },
    dispatch: grid,
    // The f16 policy reads the transposition out of it (f16/residency-policy.ts).
    shaderKey: `matMulTile_${key}`,
    getUserCode: () => userCode(shape, tile, widths, epilogue),
  };
  const sizes = [rows, columns, inner, shape.isSharedA ? 0 : rows * inner, shape.isSharedB ? 0 : inner * columns];
  const uniforms: ProgramUniforms = sizes.map((size) => ({ type: 'int32', data: [size] }));
  if (activation === 'leakyrelu') uniforms.push({ type: 'float32', data: [alpha] });
  return { program, uniforms };
}

/** Components of an element of each buffer, and whether K leaves a rest of one to three. */
interface Widths {
  readonly a: 1 | 4;
  readonly b: 1 | 4;
  readonly out: 1 | 4;
  readonly hasTail: boolean;
}

function widthOf(rowLength: number): 1 | 4 {
  return rowLength % 4 === 0 ? 4 : 1;
}

function userCode(
  { transposeA, transposeB }: MatMulShape,
  { rowCount, workgroup }: MatMulTile,
  widths: Widths,
  epilogue: Epilogue,
): string {
  const rows = indices(rowCount);
  const quads = indices(rowCount / 4); // of rows, where A is transposed: four of them lie beside each other
  const four = indices(4);
  // Rows and columns beyond the edge read the last one: they are computed and not stored.
  const rowStarts = transposeA ? [] : rows.map((r) => `let rowA${r} = startA + min(row + ${r}, uniforms.rows - 1) * uniforms.inner;`);
  const columnStarts = transposeB
    ? four.map((c) => `let columnB${c} = startB + min(column + ${c}, uniforms.columns - 1) * uniforms.inner;`)
    : [];
  const loadA = transposeA
    ? four.flatMap((k) => quads.map((q) => `let a${q}_${k} = loadA(startA + (k + ${k}) * uniforms.rows + row + ${q * 4});`))
    : rows.map((r) => `let a${r} = loadA(rowA${r} + k);`);
  const valueA = (r: number, k: number): string => (transposeA ? `a${r >> 2}_${k}[${r & 3}]` : `a${r}[${k}]`);
  const loadB = four.map((k) =>
    transposeB ? `let t${k} = loadB(columnB${k} + k);` : `let b${k} = loadB(startB + (k + ${k}) * uniforms.columns + column);`,
  );
  const turnB = transposeB ? four.map((k) => `let b${k} = vec4<f32>(${four.map((c) => `t${c}[${k}]`).join(', ')});`) : [];
  const multiply = four.flatMap((k) => rows.map((r) => `sum${r} = fma(vec4<f32>(${valueA(r, k)}), b${k}, sum${r});`));
  return `
${loadFunction('A', widths.a)}
${loadFunction('B', widths.b)}
${epilogue.hasBias ? loadFunction('bias', widths.out) : ''}
${activationWgsl(epilogue.activation, 'vec4<f32>')}
${storeFunction(widths.out, epilogue)}
fn main() {
  let column = i32(globalId.x) * 4;
  let row = i32(${workgroup[1] === 1 ? 'workgroupId' : 'globalId'}.y) * ${rowCount};
  if (column >= uniforms.columns || row >= uniforms.rows) { return; }
  let batch = i32(workgroupId.z);
  let startA = batch * uniforms.strideA;
  let startB = batch * uniforms.strideB;
  ${[...rowStarts, ...columnStarts].join('\n  ')}
  ${rows.map((r) => `var sum${r} = vec4<f32>(0.0);`).join(' ')}
  let wholeInner = uniforms.inner & ~3;
  for (var k = 0; k < wholeInner; k += 4) {
    ${[...loadB, ...turnB, ...loadA, ...multiply].join('\n    ')}
  }
  ${widths.hasTail ? tail(transposeA, transposeB, rows) : ''}
  let start = batch * uniforms.rows * uniforms.columns + column;
  ${rows.map((r) => `store(row + ${r}, column, start, sum${r});`).join('\n  ')}
}`;
}

/** The last one to three values of K, one at a time. Loads of a transposed A may run past its end, where they read anything: beyond the edge. */
function tail(transposeA: boolean, transposeB: boolean, rows: readonly number[]): string {
  const four = indices(4);
  const b = transposeB
    ? `vec4<f32>(${four.map((c) => `valueB(columnB${c} + k)`).join(', ')})`
    : 'loadB(startB + k * uniforms.columns + column)';
  const a = (r: number): string => (transposeA ? `valueA(startA + k * uniforms.rows + row + ${r})` : `valueA(rowA${r} + k)`);
  return `for (var k = wholeInner; k < uniforms.inner; k++) {
    let b = ${b};
    ${rows.map((r) => `sum${r} = fma(vec4<f32>(${a(r)}), b, sum${r});`).join('\n    ')}
  }`;
}

/** WGSL: four neighbouring values from a flat index on, a multiple of four where the buffer holds vec4; and one value. */
function loadFunction(name: string, width: 1 | 4): string {
  const load =
    width === 4
      ? `vec4<f32>(${name}[i / 4])`
      : `vec4<f32>(${indices(4)
          .map((c) => `f32(${name}[i + ${c}])`)
          .join(', ')})`;
  const value = width === 4 ? `${name}[i / 4][i % 4]` : `${name}[i]`;
  return `fn load${name}(i : i32) -> vec4<f32> { return ${load}; }
fn value${name}(i : i32) -> f32 { return f32(${value}); }`;
}

function storeFunction(width: 1 | 4, { hasBias }: Epilogue): string {
  const store =
    width === 4
      ? 'setOutputAtIndex((start + row * uniforms.columns) / 4, value);'
      : `for (var c = 0; c < min(4, uniforms.columns - column); c++) { setOutputAtIndex(start + row * uniforms.columns + c, value[c]); }`;
  return `fn store(row : i32, column : i32, start : i32, sum : vec4<f32>) {
  if (row >= uniforms.rows) { return; }
  let value = activation(sum${hasBias ? ' + loadbias(column)' : ''});
  ${store}
}`;
}

function indices(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
