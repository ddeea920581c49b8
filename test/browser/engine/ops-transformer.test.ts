import { compareOps } from './op-cases/compare-ops.ts';
import { transformerCases } from './op-cases/transformer.ts';

compareOps('transformer ops', transformerCases);
