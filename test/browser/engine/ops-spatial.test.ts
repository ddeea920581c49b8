import { compareOps } from './op-cases/compare-ops.ts';
import { spatialCases } from './op-cases/spatial.ts';

compareOps('spatial ops', spatialCases);
