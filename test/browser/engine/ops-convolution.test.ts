import { compareOps } from './op-cases/compare-ops.ts';
import { convolutionCases } from './op-cases/convolution.ts';

compareOps('convolutions', convolutionCases);
