// The two programs of a dense or convolution layer's gradient that are neither products nor convolutions.
//   activation gradient   dz[i] = dy[i] · activation'(y[i]), with the slope told from the result, as in tfjs: relu 1 where y > 0; elu y + 1
//                         below zero; sigmoid y · (1 − y). A NaN in y stays one. Grid: one invocation per element.
//   column sums           dBias[n] = Σ over m of dz[m, n]. Grid: one invocation per element of a row, which goes through the rows in order.
// Buffers: flat; elements are vec4 where the size (of the row) is a multiple of four. Column sums are f32 whatever the policy says; the
// activation gradient flows (f16/residency-policy.ts). Oracle: the CPU backend and finite differences (test/browser/engine/fused-layers.test.ts).

import type { WebGPUBackend } from '../tf.ts';

type Program = Parameters<WebGPUBackend['runWebGPUProgram']>[0];

/** In workgroups of 64, what WebGPU guarantees on every device along one dimension. */
const workgroupSize = 64;
const mostGroups = 65_535;

/** One invocation goes through no more rows than this: with more, a GPU would wait for a few long sums. */
export const mostSummedRows = 512;

const slopes = {
  relu: (type: string) => `select(${type}(0.0), ${type}(1.0), value > ${type}(0.0))`,
  elu: (type: string) => `select(value + ${type}(1.0), ${type}(1.0), value >= ${type}(0.0))`,
  sigmoid: (type: string) => `value * (${type}(1.0) - value)`,
} as const;

/** An activation whose slope follows from its result. */
export type SlopedActivation = keyof typeof slopes;

/** Inputs dy and y of `size` values; output dz. */
export function activationGradientProgram(activation: SlopedActivation, size: number): Program {
  const width = widthOf(size);
  const type = width === 4 ? 'vec4<f32>' : 'f32';
  return {
    ...flatGrid(size / width),
    variableNames: ['dy', 'y'],
    variableComponents: [width, width],
    outputComponent: width,
    outputShape: [size],
    size: true,
    shaderKey: `activationGradient_${activation}_${width}`,
    getUserCode: () => `fn main(index : i32) {
  if (index >= uniforms.size) { return; }
  let value = ${type}(y[index]);
  let slope = ${slopes[activation](type)};
  setOutputAtIndex(index, ${type}(dy[index]) * select(slope, value, ${width === 4 ? 'isnanVec4' : 'isnan'}(value)));
}`,
  };
}

/** Input dz (rows, columns); output their sums (columns). The uniform is the number of rows. */
export function columnSumsProgram(columns: number): Program {
  const width = widthOf(columns);
  const type = width === 4 ? 'vec4<f32>' : 'f32';
  return {
    ...flatGrid(columns / width),
    variableNames: ['dz'],
    variableComponents: [width],
    outputComponent: width,
    outputShape: [columns],
    size: true,
    uniforms: 'rows : i32,',
    shaderKey: `columnSums_${width}`,
    getUserCode: () => `fn main(index : i32) {
  if (index >= uniforms.size) { return; }
  var sum = ${type}(0.0);
  for (var row = 0; row < uniforms.rows; row++) { sum += ${type}(dz[row * uniforms.size + index]); }
  setOutputAtIndex(index, sum);
}`,
  };
}

function widthOf(size: number): 1 | 4 {
  return size % 4 === 0 ? 4 : 1;
}

/** One dimension of workgroups where that is enough, else rows of them. */
function flatGrid(count: number): Pick<Program, 'workgroupSize' | 'dispatchLayout' | 'dispatch'> {
  const groupCount = Math.ceil(count / workgroupSize);
  const rows = Math.ceil(groupCount / mostGroups);
  return { workgroupSize: [workgroupSize, 1, 1], dispatchLayout: { x: [0] }, dispatch: [Math.ceil(groupCount / rows), rows, 1] };
}
