import { compareOps } from './op-cases/compare-ops.ts';
import { depthwiseCases } from './op-cases/convolution.ts';

compareOps('depthwise convolutions', depthwiseCases);
