import { compareOps } from './op-cases/compare-ops.ts';
import { movingCases } from './op-cases/moving.ts';

compareOps('moving ops', movingCases);
