// Verify: lanes of the run on screen, or kept runs, are run again as they were recorded: the runner's events of the re-run come here and
// nowhere else, so that panels, table and results stay what they are. The program is the recorded text, not what the editor holds by now.

import { rerunOf } from '../compare/rerun.ts';
import { verifyLane } from '../compare/verify.ts';
import type { RecordedLane } from '../compare/verify.ts';
import type { RunHandle, RunRequest } from '../runner/run-request.ts';
import type { ProgramState } from './program.ts';
import type { RunState } from './run.ts';
import type { CompilerLike, RunnerLike } from './session.ts';
import type { LaneVerification, VerificationState, VerifiedKey } from './verification.ts';

/** What is verified, and where the answer goes. */
interface VerifierState {
  readonly run: RunState;
  readonly program: ProgramState;
  readonly verification: VerificationState;
}

/** The text that was run. */
export interface RecordedCode {
  readonly source: string;
  readonly fileName: string;
}

interface Job {
  readonly key: VerifiedKey;
  readonly recorded: RecordedLane;
}

/** Runs lanes again. */
export interface Verifier {
  /** One lane after the other, by their places in the run; resolves when all are done, or somebody stopped it. */
  verify(lanes: readonly number[]): Promise<void>;
  /** A kept run, under its id. */
  verifyKept(id: string, recorded: RecordedLane, code: RecordedCode): Promise<void>;
  /** Ends the re-run at once; lanes that were not done say so. */
  stop(): void;
}

/** A verifier for the run of a page; `whileResting` lets the page draw while no worker computes. */
export function createVerifier(
  { run, program, verification }: VerifierState,
  runner: RunnerLike,
  compiler: CompilerLike,
  whileResting: () => Promise<void>,
): Verifier {
  let handle: RunHandle | null = null;
  /** Goes up with every verification and every stop: what belongs to an earlier one comes too late. */
  let generation = 0;

  async function rerun(recorded: RecordedLane, { source, fileName }: RecordedCode, onStep: (step: number) => void, isMine: () => boolean) {
    const compilation = await compiler.compile(source, fileName);
    if (!isMine()) return null;
    if (runner.ready !== undefined) await runner.ready();
    if (!isMine()) return null;
    if (compilation.program === null) throw new Error(compilation.problems[0]?.message ?? '');
    let failure = '';
    const request: RunRequest = { program: compilation.program, overrides: rerunOf(recorded), whileResting };
    handle = runner.run(request, (event) => {
      if (event.type === 'failure') failure = event.failure.message;
      if (event.type === 'steps' && isMine()) onStep(event.batch.step.at(-1) ?? 0);
    });
    const results = await handle.finished;
    if (!isMine()) return null;
    handle = null;
    const [lane] = results.lanes;
    if (lane === undefined) throw new Error(failure); // it did not come as far as having lanes
    return { manifest: results.manifest, lane };
  }

  async function verifyOne({ key, recorded }: Job, code: RecordedCode, isMine: () => boolean): Promise<void> {
    const tell = (what: LaneVerification): void => {
      if (isMine()) verification.set(key, what);
    };
    try {
      const again = await rerun(recorded, code, (doneSteps) => tell({ kind: 'running', doneSteps }), isMine);
      if (again !== null) tell({ kind: 'done', verification: verifyLane(recorded, again) });
    } catch (thrown) {
      tell({ kind: 'refused', message: thrown instanceof Error ? thrown.message : String(thrown) });
    }
  }

  function stop(): void {
    generation += 1;
    handle?.stop();
    handle = null;
    for (const [key, { kind }] of verification.lanes.value) if (kind === 'running') verification.set(key, { kind: 'stopped' });
  }

  async function verifyAll(jobs: readonly Job[], code: RecordedCode): Promise<void> {
    stop();
    const mine = generation;
    const isMine = (): boolean => mine === generation;
    for (const { key } of jobs) verification.set(key, { kind: 'running', doneSteps: 0 });
    for (const job of jobs) if (isMine()) await verifyOne(job, code, isMine);
  }

  return {
    stop,
    async verify(lanes) {
      const results = run.results.value;
      const source = run.input.value?.source;
      if (results === null || source === undefined || run.isActive.value) return;
      const jobs = lanes.flatMap((index) => {
        const lane = results.lanes[index];
        return lane === undefined ? [] : [{ key: index, recorded: { lane, manifest: results.manifest } }];
      });
      await verifyAll(jobs, { source, fileName: program.open.value.fileName });
    },
    async verifyKept(id, recorded, code) {
      if (!run.isActive.value) await verifyAll([{ key: id, recorded }], code);
    },
  };
}
