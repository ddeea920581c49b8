import { compareOps } from './op-cases/compare-ops.ts';
import { elementwiseCases } from './op-cases/elementwise.ts';

compareOps('elementwise ops', elementwiseCases);
