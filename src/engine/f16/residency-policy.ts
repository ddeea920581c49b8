// Which tensors live in 16 bits. The rules are those of torch.amp's autocast lists (pytorch.org/docs/stable/amp.html, "CUDA Ops that can
// autocast"), applied to the programs that tfjs runs:
//
//   down   matrix products, convolutions, depthwise, attention: f16 in, f32 accumulation, f16 out
//   flow   moves, pooling and mild elementwise programs: f16 out when every large float input is f16
//   keep   everything else stays f32: reductions, softmax, exponentials, normalisation, losses, optimizers; and the gradients of
//          weights (dW = Xᵀ·dY, filter gradients), because they feed f32 master weights
//
// Programs are told apart by `shaderKey`, not by class name, which bundlers shorten. The numbers in unary and binary keys are tfjs's enums
// (tfjs-backend-webgpu 4.22.0: unary_op_util.ts, binary_op_util.ts); test/browser/engine/residency.test.ts runs each through its op.

/** What the policy looks at. */
export interface ProgramFacts {
  readonly shaderKey: string;
  /** Number of elements of the output. */
  readonly outputSize: number;
  readonly inputs: readonly InputFacts[];
}

export interface InputFacts {
  readonly size: number;
  /** `f16` (or rounded to bf16) and `f32` are the two ways a float tensor may be stored; `other` is integers and bools, whatever tfjs calls the tensor. */
  readonly stored: 'f16' | 'f32' | 'other';
}

export interface ResidencyPolicy {
  /** What is stored in 16 bits, or (bf16) rounded to what they hold. */
  readonly format: 'f16' | 'bf16';
  /** Whether a plain f32 input of so many elements is cast to f16 before this program. */
  castsInput(shaderKey: string, size: number): boolean;
  /** Whether its float output should live in f16. */
  outputsF16(program: ProgramFacts): boolean;
}

/** Smaller tensors gain nothing from 16 bits: a buffer of 256 bytes costs the same as one of 128. */
export const smallestF16Size = 64;

/** Inputs smaller than this are not worth a cast program of their own. */
export const smallestCastSize = 1024;

const unaryFlow = {
  abs: 0,
  elu: 10,
  linear: 18,
  neg: 22,
  relu: 23,
  relu6: 24,
  leakyRelu: 25,
  sigmoid: 30,
  sign: 31,
  step: 37,
  tanh: 39,
} as const;
const binaryFlow = { div: 4, eluDer: 5, max: 14, min: 15, mul: 17, prelu: 20, sub: 22, add: 0 } as const;

const down =
  /^(?:matMul|conv2DDirect|conv2DMM|conv2dnaive|conv2DDerInput|conv3dnaive|conv3DDerInput|im2col|depthwise(?:_(?!conv2d_backprop_filter)|Vec4|NCHW)|attention_)/;
/** A matMul whose first operand is transposed: dW = Xᵀ·dY in the gradient of every dense layer. */
const weightGradient = /^matMul\w*?_(?:[\d,]+_)?true_/;
const flow = new RegExp(
  '^(?:' +
    [
      `unary_(?:${Object.values(unaryFlow).join('|')})(?!\\d)`,
      `binary_(?:${Object.values(binaryFlow).join('|')})(?!\\d)`,
      'reluVec4|reluGradient|activationGradient|pool2D|pool3D|poolWith|maxPool2DBackprop|maxPool3DBackprop|avgPool2DBackprop|avgPool3DBackprop|biasActivation|addN|clip|select',
      'transpose|concat|slice|stridedSlice|pad|mirrorPad|tile|reverse|gather|depthToSpace|spaceToBatch|resizeNearest',
      'gelu|dropout_|attentionGradient', // kernels of ours
    ].join('|') +
    ')',
);

/** Whether a program is one of those that read f16. */
export function castsToF16(shaderKey: string): boolean {
  return down.test(shaderKey);
}

/** Under `autocast`. */
export const autocastPolicy: ResidencyPolicy = {
  format: 'f16',
  castsInput: (shaderKey, size) => size >= smallestCastSize && castsToF16(shaderKey),
  outputsF16: (program) => {
    if (program.outputSize < smallestF16Size || weightGradient.test(program.shaderKey)) return false;
    return down.test(program.shaderKey) || flowsF16(program);
  },
};

/** Under `autocast` with bf16: the same places, other roundings. */
export const bf16Policy: ResidencyPolicy = { ...autocastPolicy, format: 'bf16' };

function flowsF16({ shaderKey, outputSize, inputs }: ProgramFacts): boolean {
  return flow.test(shaderKey) && largeInputsAreF16(outputSize, inputs);
}

/** Whether there are large float inputs (a quarter of the output or more) and all of them are f16: what `flow` programs ask. */
export function largeInputsAreF16(outputSize: number, inputs: readonly InputFacts[]): boolean {
  const large = inputs.filter((input) => input.stored !== 'other' && input.size * 4 >= outputSize);
  return large.length > 0 && large.every((input) => input.stored === 'f16');
}
