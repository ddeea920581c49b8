// Looking into steps that are taken one at a time: which weight, how slowly, and the newest phases of every lane. The runner is only
// asked to look while somebody has the panel open.

import { computed, signal } from '@preact/signals';
import type { ReadonlySignal, Signal } from '@preact/signals';
import type { RunEvent } from '../runner/run-events.ts';
import type { Inspection, PhaseName, PhaseView, WeightInfo } from '../train/telemetry.ts';

/** Milliseconds per phase in slow motion: long enough to read one number. */
const slowMotionMs = 1200;

/** The phases of one lane's newest step, each by rank. */
export type LanePhases = Readonly<Partial<Record<PhaseName, readonly PhaseView[]>>>;

/** What is looked at, and what was seen. */
export interface InsideStepState {
  readonly isOpen: Signal<boolean>;
  /** Index among the weights. */
  readonly weight: Signal<number>;
  readonly isSlow: Signal<boolean>;
  /** Of the program's model; empty before a lane is ready and for programs with their own loop. */
  readonly weights: ReadonlySignal<readonly WeightInfo[]>;
  readonly phases: ReadonlySignal<ReadonlyMap<number, LanePhases>>;
  /** What came last: where slow motion is. */
  readonly latest: ReadonlySignal<{ readonly lane: number; readonly phase: PhaseName } | null>;
  /** What to ask of the runner. */
  readonly inspection: ReadonlySignal<Inspection | null>;
  apply(event: RunEvent): void;
  clear(): void;
}

/** Nobody looks yet. */
export function createInsideStep(): InsideStepState {
  const isOpen = signal(false);
  const weight = signal(0);
  const isSlow = signal(false);
  const weights = signal<readonly WeightInfo[]>([]);
  const phases = signal<ReadonlyMap<number, LanePhases>>(new Map());
  const latest = signal<{ readonly lane: number; readonly phase: PhaseName } | null>(null);
  return {
    isOpen,
    weight,
    isSlow,
    weights,
    phases,
    latest,
    inspection: computed(() => (isOpen.value ? { weight: weight.value, slowMs: isSlow.value ? slowMotionMs : 0 } : null)),
    apply(event) {
      if (event.type === 'weights' && weights.value.length === 0) {
        weights.value = event.weights;
        if (weight.value >= event.weights.length) weight.value = 0;
      }
      if (event.type !== 'inside') return;
      phases.value = new Map(phases.value).set(event.lane, withView(phases.value.get(event.lane) ?? {}, event.view));
      latest.value = { lane: event.lane, phase: event.view.phase };
    },
    clear() {
      weights.value = [];
      phases.value = new Map();
      latest.value = null;
    },
  };
}

/** The phases with one more; the first of a new step, or of another weight, takes the place of everything before. */
function withView(phases: LanePhases, view: PhaseView): LanePhases {
  const [known] = Object.values(phases).flat();
  const kept = known !== undefined && known.step === view.step && known.weight === view.weight ? phases : {};
  const others = (kept[view.phase] ?? []).filter(({ rank }) => rank !== view.rank);
  return { ...kept, [view.phase]: [...others, view].sort((a, b) => a.rank - b.rank) };
}
