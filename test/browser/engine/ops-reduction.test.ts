import { compareOps } from './op-cases/compare-ops.ts';
import { reductionCases } from './op-cases/reduction.ts';

compareOps('reduction ops', reductionCases);
