// Softmax and sigmoid cross-entropy of logits z (rows, classes) and labels y of the same shape, forward and backward, a program each:
//   softmax   loss[r] = Σ over c of y · (lse − z)                    dz = dy / rows · (exp(z − lse) − y)        lse = log Σ exp z
//   sigmoid   loss[i] = max(z, 0) − z · y + log(1 + exp(−|z|))       dz = dy / size · (sigmoid(z) − y)
// The formulas are those of tfjs-core 4.22.0 (softmax_cross_entropy.ts, sigmoid_cross_entropy.ts), which takes some twenty programs for
// them; `dz` is, as there, the gradient for labels that sum to one. The largest logit is taken off before exp.
// Buffers: labels, logits, result flat; dy one value. Grid: one invocation per row (softmax) or per value (sigmoid).
// Oracle: float64 (test/browser/engine/cross-entropy.test.ts); error: that of a float32 sum over the classes.

import type { WebGPUBackend } from '../tf.ts';

type Program = Parameters<WebGPUBackend['runWebGPUProgram']>[0];

export type CrossEntropyKind = 'softmax' | 'sigmoid';

const workgroupSize = 64;
/** What WebGPU guarantees on every device (maxComputeWorkgroupsPerDimension). */
const mostWorkgroups = 65_535;
/** Most values that one dispatch takes. */
export const mostInvocations = workgroupSize * mostWorkgroups;

const softmaxRow = `
  let start = index * uniforms.classes;
  var largest = f32(logits[start]);
  for (var c = 1; c < uniforms.classes; c++) { largest = max(largest, f32(logits[start + c])); }
  var total = 0.0;
  for (var c = 0; c < uniforms.classes; c++) { total += exp(f32(logits[start + c]) - largest); }
  let logTotal = largest + log(total);`;

const lossBodies: Readonly<Record<CrossEntropyKind, string>> = {
  softmax: `${softmaxRow}
  var loss = 0.0;
  for (var c = 0; c < uniforms.classes; c++) { loss += f32(labels[start + c]) * (logTotal - f32(logits[start + c])); }
  setOutputAtIndex(index, loss);`,
  sigmoid: `
  let z = f32(logits[index]);
  setOutputAtIndex(index, max(z, 0.0) - z * f32(labels[index]) + log(1.0 + exp(-abs(z))));`,
};

const gradientBodies: Readonly<Record<CrossEntropyKind, string>> = {
  softmax: `${softmaxRow}
  let factor = f32(dy[0]) * uniforms.share;
  for (var c = 0; c < uniforms.classes; c++) {
    setOutputAtIndex(start + c, factor * (exp(f32(logits[start + c]) - logTotal) - f32(labels[start + c])));
  }`,
  sigmoid: `
  let z = f32(logits[index]);
  setOutputAtIndex(index, f32(dy[0]) * uniforms.share * (1.0 / (1.0 + exp(-z)) - f32(labels[index])));`,
};

/** Inputs labels and logits, flat; output `count` losses. Uniforms are count and classes. */
export function lossProgram(kind: CrossEntropyKind, count: number): Program {
  return program(`crossEntropyLoss_${kind}`, ['labels', 'logits'], '', [count], count, lossBodies[kind]);
}

/** Inputs labels, logits and dy (one value); output `size` gradients of the mean of `count` losses. Uniforms as above, and 1 / count. */
export function gradientProgram(kind: CrossEntropyKind, size: number, count: number): Program {
  return program(`crossEntropyGradient_${kind}`, ['labels', 'logits', 'dy'], ' share : f32,', [size], count, gradientBodies[kind]);
}

function program(key: string, variableNames: string[], uniforms: string, outputShape: number[], count: number, body: string): Program {
  return {
    variableNames,
    variableComponents: variableNames.map(() => 1),
    outputComponent: 1,
    outputShape,
    uniforms: `count : i32, classes : i32,${uniforms}`,
    workgroupSize: [workgroupSize, 1, 1],
    dispatchLayout: { x: [0] },
    dispatch: [Math.ceil(count / workgroupSize), 1, 1],
    shaderKey: key,
    getUserCode: () => `fn main(index : i32) {
  if (index >= uniforms.count) { return; }${body}
}`,
  };
}
