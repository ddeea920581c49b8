// Rounding to f16 or bf16 in a WebGL program: target = f16(source), to nearest, ties to even, subnormals kept, from 65,520 on ±Inf.
// In integers rather than through GLSL's packHalf2x16, whose rounding GLSL ES 3.0 leaves open (section 8.4), as it does what becomes of
// infinities. One invocation per texel. Needs nothing beyond WebGL 2. Oracles: core/float16.ts and core/bfloat16.ts, bit for bit.

import type { TensorInfo } from '@tensorflow/tfjs';
import { webGlBackend } from '../backend/webgl-internals.ts';

// The branches are those of `roundWord` in core/float16.ts and in core/bfloat16.ts.
const roundFunctions = {
  f16: `
  float roundToHalf(float value) {
    uint word = floatBitsToUint(value);
    uint sign = word & 0x80000000u;
    uint magnitude = word & 0x7fffffffu;
    if (magnitude > 0x7f800000u) return value;
    if (magnitude >= 0x477ff000u) return uintBitsToFloat(sign | 0x7f800000u);
    if (magnitude <= 0x33000000u) return uintBitsToFloat(sign);
    if (magnitude < 0x33800000u) return uintBitsToFloat(sign | 0x33800000u);
    uint exponent = magnitude >> 23u;
    uint dropped = exponent < 113u ? 126u - exponent : 13u;
    uint lastKept = (((magnitude & 0x7fffffu) | 0x800000u) >> dropped) & 1u;
    uint halfStep = 1u << (dropped - 1u);
    return uintBitsToFloat(sign | ((magnitude + halfStep - 1u + lastKept) & ~((1u << dropped) - 1u)));
  }`,
  bf16: `
  float roundToHalf(float value) {
    uint word = floatBitsToUint(value);
    if ((word & 0x7fffffffu) > 0x7f800000u) return value;
    return uintBitsToFloat((word + 0x7fffu + ((word >> 16u) & 1u)) & 0xffff0000u);
  }`,
} as const;

const scalarMain = 'void main() { setOutput(roundToHalf(getAAtOutCoords())); }';

const packedMain = `void main() {
    vec4 v = getAAtOutCoords();
    setOutput(vec4(roundToHalf(v.r), roundToHalf(v.g), roundToHalf(v.b), roundToHalf(v.a)));
  }`;

/** A new tensor of the same shape with every value rounded. Float tensors only. */
export function roundOnWebGl(tensor: TensorInfo, format: keyof typeof roundFunctions): TensorInfo {
  const backend = webGlBackend();
  // As the source lies on the GPU; another layout would cost a program to change it, and one to change it back.
  const isPacked = backend.texData.get(tensor.dataId)?.isPacked === true;
  const program = {
    variableNames: ['A'],
    outputShape: tensor.shape,
    userCode: `${roundFunctions[format]}
  ${isPacked ? packedMain : scalarMain}`,
    packedInputs: isPacked,
    packedOutput: isPacked,
  };
  return backend.runWebGLProgram(program, [tensor], 'float32');
}
