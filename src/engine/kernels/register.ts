// Our kernels in the place of tfjs's. A line each; every one of them falls back to the stock kernel outside the case that it handles.

import { registerEmbeddingGradient } from './embedding-gradient.ts';
import { registerLayerCalls } from './layer-calls.ts';
import { registerBinary } from './binary.ts';
import { registerConv2d } from './conv2d.ts';
import { registerConv2dLayer } from './conv2d-layer.ts';
import { registerDepthwise } from './depthwise.ts';
import { registerPool } from './pool.ts';
import { registerRelu } from './relu.ts';
import { registerShortRows } from './short-rows.ts';
import { registerSumRows } from './sum-rows.ts';
import { registerCrossEntropy } from './cross-entropy.ts';
import { registerDense } from './dense.ts';
import { registerLayerGradients } from './layer-gradients.ts';
import { registerMatMul } from './matmul.ts';

let isDone = false;

/** Registers them, once per worker: tfjs's registries outlive a backend. Other backends are not concerned. */
export function registerKernels(): void {
  if (isDone) return;
  isDone = true;
  registerEmbeddingGradient();
  registerLayerCalls();
  registerBinary();
  registerConv2d();
  registerLayerGradients();
  registerConv2dLayer();
  registerDepthwise();
  registerPool();
  registerRelu();
  registerSumRows();
  registerShortRows();
  registerCrossEntropy();
  registerDense();
  registerMatMul();
}
