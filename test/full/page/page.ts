// The checks of the engine as a page, so that they run in any browser: test/full asks for them one by one.

import { holdingsOverSteps } from './holdings.ts';
import { compareLayerCase } from './layer-cases.ts';
import { compareLaneWithEager } from './lanes.ts';
import { sweepOps } from './op-sweep.ts';

const checks = { compareLaneWithEager, compareLayerCase, holdingsOverSteps, sweepOps };

declare global {
  interface Window {
    engineChecks?: typeof checks;
  }
}

window.engineChecks = checks;
