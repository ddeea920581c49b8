// Starts the engine on the best backend there is: WebGPU, else WebGL, else the CPU, with the same program and the same results. A backend
// that cannot be started, or that fails its self-test, is left out, and the report says which and why. One engine per worker: starting
// another one replaces the first.

import { PlaygroundError } from '../core/errors.ts';
import { backendNames } from '../core/device-report.ts';
import type { BackendName, DeviceReport, F16Rounding, Fallback, SelfTest } from '../core/device-report.ts';
import type { Engine, StartedEngine } from './engine.ts';
import type { F16Storage, StoredForm } from './f16/halves-wgsl.ts';
import { installOptimizers } from './optim/apply-gradients.ts';
import { registerGradients } from './gradients/register.ts';
import { runSelfTest } from './self-test.ts';
import { startCpu } from './start-cpu.ts';
import { startWebGl } from './start-webgl.ts';
import { startWebGpu } from './start-webgpu.ts';

/** What to compute on: the best there is, or one backend and no other. */
export type BackendChoice = 'auto' | BackendName;

export interface EngineOptions {
  /** `auto` where absent. */
  readonly backend?: BackendChoice;
  /** WebGPU only: forces how f16 is stored; by default native where the adapter has shader-f16, else packed. */
  readonly f16?: F16Storage;
  /** WebGPU only: forces who rounds to f16; by default the hardware, where it rounds as IEEE 754 says. */
  readonly f16Rounding?: F16Rounding;
  /**
   * `run`: the self-test decides whether a backend is used. A report: another replica of this page has run it; what it found is taken over,
   * and the search begins at the backend it ended on. No test where absent.
   */
  readonly selfTest?: 'run' | DeviceReport;
}

/** A backend to try, in a certain way. */
interface Attempt {
  readonly backend: BackendName;
  readonly form: Partial<StoredForm>;
}

const names: Readonly<Record<BackendName, string>> = { webgpu: 'WebGPU', webgl: 'WebGL', cpu: 'The CPU backend' };

/** Checks a choice that somebody typed. Throws `config-invalid`. */
export function parseBackendChoice(text: string): BackendChoice {
  const choice = (['auto', ...backendNames] as const).find((known) => known === text);
  if (choice !== undefined) return choice;
  throw new PlaygroundError('config-invalid', `backend: expected auto, ${backendNames.join(', ')}, got ${JSON.stringify(text)}.`, {
    place: 'backend',
  });
}

/**
 * Starts tfjs. Throws `device-unavailable` where no backend can be had, or not the one that was asked for by name, and `not-supported`
 * where a forced option cannot be had. A backend asked for by name is used even where it fails its self-test; the report says so.
 */
export async function startEngine(options: EngineOptions = {}): Promise<Engine> {
  installOptimizers();
  registerGradients();
  const { backend: choice = 'auto', selfTest } = options;
  const known = typeof selfTest === 'object' ? selfTest : null;
  const fallbacks: Fallback[] = [...(known?.fallbacks ?? [])];
  const attempts = attemptsFor(options, known);
  for (let attempt = attempts.shift(); attempt !== undefined; attempt = attempts.shift()) {
    const engine = await start(attempt, (error) => {
      if (choice !== 'auto' || error.code === 'not-supported') throw error;
      fallbacks.push({ backend: attempt.backend, reason: `${names[attempt.backend]} is not used: ${clauseOf(error)}.`, selfTest: null });
    });
    if (engine === null) continue;
    const isKnown = known !== null && isSameWay(known, engine);
    const tested = isKnown ? known.selfTest : selfTest === undefined ? null : await runSelfTest(engine);
    if (tested === null || tested.passed) return finish(engine, fallbacks, tested);
    const isF16Lie = failsOnlyNativeF16(engine, tested);
    if (choice !== 'auto' && !isF16Lie) return finish(engine, fallbacks, tested);
    fallbacks.push({ backend: attempt.backend, reason: failedReason(engine, tested), selfTest: tested });
    if (isF16Lie) attempts.unshift({ backend: 'webgpu', form: { storage: 'packed' } });
    engine.dispose();
  }
  const reasons = fallbacks.map(({ reason }) => reason).join(' ');
  throw new PlaygroundError(
    'device-unavailable',
    `startEngine: expected one of ${backendNames.join(', ')} to work, got none. ${reasons} Update the browser or its graphics driver.`,
  );
}

function attemptsFor({ backend: choice = 'auto', f16, f16Rounding }: EngineOptions, known: DeviceReport | null): Attempt[] {
  const forced = { ...(f16 === undefined ? {} : { storage: f16 }), ...(f16Rounding === undefined ? {} : { rounding: f16Rounding }) };
  const from = known === null ? 0 : backendNames.indexOf(known.backend);
  const names = choice === 'auto' ? backendNames.slice(from) : [choice];
  return names.map((backend) => ({ backend, form: { ...formOf(known, backend), ...forced } }));
}

/** How another replica stored f16 on this backend; empty where it was another one. */
function formOf(known: DeviceReport | null, backend: BackendName): Partial<StoredForm> {
  if (known === null || known.backend !== backend || known.f16 === 'simulated') return {};
  return { storage: known.f16, rounding: known.f16Rounding };
}

/** Whether another replica computed in the same way. */
function isSameWay(known: DeviceReport, { report }: StartedEngine): boolean {
  return known.backend === report.backend && known.f16 === report.f16 && known.f16Rounding === report.f16Rounding;
}

/** The engine of one attempt, or null after `onRefusal`. */
async function start({ backend, form }: Attempt, onRefusal: (error: PlaygroundError) => void): Promise<StartedEngine | null> {
  try {
    if (backend === 'webgpu') return await startWebGpu(form);
    return await (backend === 'webgl' ? startWebGl() : startCpu());
  } catch (thrown) {
    onRefusal(
      thrown instanceof PlaygroundError ? thrown : new PlaygroundError('device-unavailable', String(thrown), {}, { cause: thrown }),
    );
    return null;
  }
}

function finish(engine: StartedEngine, fallbacks: readonly Fallback[], selfTest: SelfTest | null): Engine {
  const { report } = engine;
  const why = fallbacks.map(({ reason }) => reason);
  const failed = selfTest === null || selfTest.passed ? [] : [`${failedReason(engine, selfTest)} It was asked for by name.`];
  const f16Rounding = engine.backend?.f16Form.rounding ?? report.f16Rounding; // the self-test may have changed it
  const rounds = engine.backend !== null && f16Rounding === 'integer' ? [integerNote] : [];
  return { ...engine, report: { ...report, f16Rounding, notes: [...why, ...failed, ...report.notes, ...rounds], fallbacks, selfTest } };
}

const integerNote =
  'This device rounds to f16 in a way of its own: fp16 lanes round in integer arithmetic instead. The self-test says what that costs.';

function failedReason({ report }: StartedEngine, { checks }: SelfTest): string {
  const failed = checks.filter(({ passed }) => !passed).map(({ name, detail }) => `${name}: ${detail}`);
  const what = report.backend === 'webgpu' ? `WebGPU with ${report.f16} f16` : names[report.backend];
  return `${what} failed its self-test (${failed.join('; ')}).`;
}

/** Gradients are right and only the hardware's own f16 is not, however it is rounded: packed storage may still be. */
function failsOnlyNativeF16({ report }: StartedEngine, { checks }: SelfTest): boolean {
  return report.f16 === 'native' && checks.every(({ name, passed }) => passed === (name !== 'f16'));
}

/** The reason as a clause, without the sentence around it. */
function clauseOf(error: PlaygroundError): string {
  const { reason } = error.details;
  return typeof reason === 'string' ? reason : error.message.replace(/\.$/, '');
}
