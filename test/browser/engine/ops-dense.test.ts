import { compareOps } from './op-cases/compare-ops.ts';
import { denseCases } from './op-cases/dense.ts';

compareOps('dense ops', denseCases);
