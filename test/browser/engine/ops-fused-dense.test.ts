import { compareOps } from './op-cases/compare-ops.ts';
import { fusedDenseCases } from './op-cases/dense.ts';

compareOps('fused dense', fusedDenseCases);
