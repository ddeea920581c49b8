// Whose turn it is. Lanes train in slices of steps; between slices is where turns change hands, where a pause holds, and where a new
// learning rate comes into force, so that none of them changes what is computed.

import type { Inspection } from '../train/telemetry.ts';
import type { LaneRun } from './lane-run.ts';
import { Pace } from './pace.ts';
import { nextSliceSteps } from './schedule.ts';
import type { Schedule } from './schedule.ts';

/** A lane that has not ended. */
interface Entrant {
  /** Place in the program's list of lanes. */
  readonly index: number;
  run: LaneRun | null;
  sliceSteps: number;
  /** Set by hand; null while it has the program's own. */
  learningRate: number | null;
}

/** What becomes of the lanes; the index says which. */
export interface TurnTakingOptions {
  readonly isPaused: boolean;
  readonly onPaused: () => void;
  /** Makes a lane's workers ready; hands the lane over before they are, so that it can be ended meanwhile. */
  readonly start: (index: number, handOver: (run: LaneRun) => void) => Promise<LaneRun>;
  readonly finish: (index: number, run: LaneRun) => Promise<void>;
  /** What went wrong in a lane has ended it. */
  readonly onFailure: (index: number, error: unknown) => Promise<void>;
  /** Null: it keeps its own, because its optimizers are out of reach. */
  readonly onLearningRate: (index: number, change: { readonly step: number; readonly learningRate: number } | null) => void;
  /** Called while every worker rests. */
  readonly rest: () => Promise<void>;
}

/** Takes the lanes of one run from their first step to their last. */
export class TurnTaking {
  private readonly options: TurnTakingOptions;
  private readonly pace: Pace;
  private schedule: Schedule = 'turns';
  private entrants: readonly Entrant[] = [];
  private learningRate: number | null = null;
  private inspection: Inspection | null = null;
  private isOver = false;

  constructor(options: TurnTakingOptions) {
    this.options = options;
    this.pace = new Pace(options.isPaused, options.onPaused);
  }

  /** Resolves when every lane has ended, one way or another. */
  async train(laneCount: number, schedule: Schedule): Promise<void> {
    if (this.isOver) return;
    this.schedule = schedule;
    this.entrants = Array.from({ length: laneCount }, (_, index) => ({
      index,
      run: null,
      sliceSteps: nextSliceSteps(0, 0),
      learningRate: null,
    }));
    if (this.pace.isPaused) for (const lane of this.atWork()) await this.guard(lane, async () => void (await this.start(lane)));
    while (this.entrants.length > 0) {
      const turn = await this.pace.next();
      if (turn === 'step') for (const lane of this.atWork()) await this.advance(lane, 1, this.inspection);
      else if (schedule === 'turns') await this.takeTurn();
      else await Promise.all(this.atWork().map((lane) => this.advanceUntilHeld(lane)));
    }
  }

  pause(): void {
    this.pace.pause();
    this.cutSlicesShort();
  }

  resume(): void {
    this.pace.resume();
  }

  step(): void {
    const wasPaused = this.pace.isPaused;
    this.pace.step();
    if (!wasPaused) this.cutSlicesShort();
  }

  setLearningRate(learningRate: number): void {
    this.learningRate = learningRate;
    this.cutSlicesShort();
  }

  /** What is looked at in steps that are taken one at a time. */
  inspect(inspection: Inspection | null): void {
    this.inspection = inspection;
  }

  /** Times the GPU kernels of so many of the next steps of every lane that has started. */
  timeSteps(stepCount: number): void {
    for (const { run } of this.entrants) run?.timeSteps(stepCount);
  }

  /** Counts the numbers of so many of the next steps of every lane that has started. */
  countNumbers(stepCount: number): void {
    for (const { run } of this.entrants) run?.countNumbers(stepCount);
  }

  /** Ends every worker at once; `train` resolves. */
  end(reason?: Error): void {
    const { entrants } = this;
    this.isOver = true;
    this.entrants = [];
    this.pace.end();
    for (const { run } of entrants) run?.end(reason);
  }

  /** How long each lane has not answered, in milliseconds; 0 where nothing is asked of it. */
  silences(): readonly { readonly index: number; readonly silentMs: number }[] {
    return this.entrants.map(({ index, run }) => ({ index, silentMs: run?.silentMs() ?? 0 }));
  }

  /** In a sequence only one at a time has workers. */
  private atWork(): readonly Entrant[] {
    return this.schedule === 'sequence' ? this.entrants.slice(0, 1) : this.entrants;
  }

  /** One slice of the first in the queue, which then goes to the back. */
  private async takeTurn(): Promise<void> {
    const [lane] = this.entrants;
    if (lane === undefined) return;
    await this.advance(lane, lane.sliceSteps);
    if (this.entrants[0] === lane) this.entrants = [...this.entrants.slice(1), lane];
  }

  private async advanceUntilHeld(lane: Entrant): Promise<void> {
    while (this.entrants.includes(lane) && !this.pace.isPaused) await this.advance(lane, lane.sliceSteps);
  }

  /** Some steps of one lane, which is started first where it has not been; a lane that has come to its end is finished. */
  private async advance(lane: Entrant, stepCount: number, inspection: Inspection | null = null): Promise<void> {
    await this.guard(lane, async () => {
      const run = lane.run ?? (await this.start(lane));
      await this.applyLearningRate(lane, run);
      if (this.pace.isPaused && stepCount > 1) return; // somebody paused while it started
      const from = performance.now();
      if (inspection !== null) await run.inspect(inspection);
      const isDone = await run.advance(stepCount);
      if (inspection !== null && !isDone) await run.inspect(null);
      if (stepCount > 1) lane.sliceSteps = nextSliceSteps(lane.sliceSteps, performance.now() - from);
      if (this.schedule !== 'race') await this.options.rest(); // in a race nobody does
      if (!isDone) return;
      await this.options.finish(lane.index, run);
      this.leave(lane);
    });
  }

  private start(lane: Entrant): Promise<LaneRun> {
    return this.options.start(lane.index, (run) => {
      lane.run = run;
    });
  }

  private async guard(lane: Entrant, act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      if (!this.entrants.includes(lane)) return; // it was ended, and this is how it says so
      this.leave(lane);
      await this.options.onFailure(lane.index, error);
    }
  }

  private leave(lane: Entrant): void {
    lane.run?.end();
    this.entrants = this.entrants.filter((each) => each !== lane);
  }

  private async applyLearningRate(lane: Entrant, run: LaneRun): Promise<void> {
    const { learningRate } = this;
    if (learningRate === null || lane.learningRate === learningRate) return;
    lane.learningRate = learningRate;
    const isReached = await run.setLearningRate(learningRate);
    this.options.onLearningRate(lane.index, isReached ? { step: run.step, learningRate } : null);
  }

  /** So that a pause and a new learning rate need not wait for a slice to end. */
  private cutSlicesShort(): void {
    for (const { run } of this.entrants) run?.hold().catch(() => undefined); // what went wrong also ends the slice, which tells
  }
}
