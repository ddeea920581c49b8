import { compareOps } from './op-cases/compare-ops.ts';
import { fusedConvolutionCases } from './op-cases/convolution.ts';

compareOps('fused convolutions', fusedConvolutionCases);
