// Inside a step: forward → gradient on each rank → all-reduce → update, for one weight of the model, as histogram and heat-map. It shows
// steps that are taken one at a time, so that there is time to look.

import { t } from '../../state/locale.ts';
import type { LanePhases } from '../../state/inside-step.ts';
import { phaseNames } from '../../train/telemetry.ts';
import type { PhaseName, PhaseView } from '../../train/telemetry.ts';
import { laneStyle } from '../chart/lane-style.ts';
import { StepIcon } from '../icons.tsx';
import { usePage } from '../page-context.ts';
import { PhaseCard } from './phase-card.tsx';
import '../styles/inside.css';

const phaseTitles = {
  forward: 'inside.forward',
  gradient: 'inside.gradient',
  'all-reduce': 'inside.allReduce',
  update: 'inside.update',
} as const satisfies Record<PhaseName, string>;
const phaseHints = {
  forward: 'inside.forwardHint',
  gradient: 'inside.gradientHint',
  'all-reduce': 'inside.allReduceHint',
  update: 'inside.updateHint',
} as const satisfies Record<PhaseName, string>;

/** The panel. */
export default function InsidePanel(): preact.JSX.Element {
  const { page, verbs } = usePage();
  const { inside, run, focus } = page;
  const { weights, phases } = inside;
  const isProgram = run.declaration.value?.kind === 'program';
  if (isProgram) return <p class="empty">{t('inside.program')}</p>;
  const seen = [...phases.value.keys()].sort((a, b) => a - b);
  const lane =
    focus.pinned.value !== null && phases.value.has(focus.pinned.value) ? focus.pinned.value : (inside.latest.value?.lane ?? null);
  return (
    <div class="inside">
      <div class="inside-tools">
        <label>
          {t('inside.weight')}{' '}
          <select
            value={inside.weight.value}
            disabled={weights.value.length === 0}
            onChange={(event) => {
              inside.weight.value = Number(event.currentTarget.value);
            }}
          >
            {weights.value.map(({ name, shape }, index) => (
              <option key={name} value={index}>
                {name} [{shape.join(', ')}]
              </option>
            ))}
          </select>
        </label>
        <label class="inside-slow">
          <input
            type="checkbox"
            checked={inside.isSlow.value}
            onChange={(event) => {
              inside.isSlow.value = event.currentTarget.checked;
            }}
          />{' '}
          {t('inside.slow')}
        </label>
        <button type="button" class="quiet-button" onClick={verbs.step}>
          <StepIcon /> {t('run.step')}
        </button>
        {seen.length < 2 ? null : (
          <span class="inside-lanes" role="group" aria-label={t('inside.lane')}>
            {seen.map((index) => (
              <button
                key={index}
                type="button"
                class="quiet-button"
                aria-pressed={index === lane}
                style={{ '--lane': laneStyle(run.lanes.value[index]?.styleIndex ?? index, page.theme.theme.value).colour }}
                onClick={() => {
                  focus.pinned.value = index;
                }}
              >
                {run.lanes.value[index]?.lane.label ?? index}
              </button>
            ))}
          </span>
        )}
      </div>
      {lane === null ? <p class="empty">{t('inside.empty')}</p> : <Phases lane={lane} phases={phases.value.get(lane) ?? {}} />}
      <p class="inside-note">{t('inside.note')}</p>
    </div>
  );
}

function Phases({ lane, phases }: { readonly lane: number; readonly phases: LanePhases }): preact.JSX.Element {
  const { page } = usePage();
  const latest = page.inside.latest.value;
  const isSingle = (page.run.lanes.value[lane]?.lane.worldSize ?? 1) === 1;
  const [first] = Object.values(phases).flat();
  return (
    <>
      <h3 class="inside-heading">
        {t('inside.heading', { lane: page.run.lanes.value[lane]?.lane.label ?? '', step: first?.step ?? 0, weight: first?.weight ?? '' })}
      </h3>
      <ol
        class="inside-phases"
        style={{ '--lane': laneStyle(page.run.lanes.value[lane]?.styleIndex ?? lane, page.theme.theme.value).colour }}
      >
        {phaseNames.map((phase) => {
          const isNow = page.inside.isSlow.value && latest?.lane === lane && latest.phase === phase && page.run.phase.value === 'paused';
          return (
            <li key={phase} class={`inside-phase${isNow ? ' is-now' : ''}`}>
              <h4 title={t(phaseHints[phase])}>{t(phaseTitles[phase])}</h4>
              {phase === 'all-reduce' && isSingle ? (
                <p class="empty">{t('inside.oneRank')}</p>
              ) : (
                <PhaseCards phase={phase} views={phases[phase] ?? []} isSingle={isSingle} />
              )}
            </li>
          );
        })}
      </ol>
    </>
  );
}

/** What is the same on every rank is shown once, and said to be the same. */
function PhaseCards({
  phase,
  views,
  isSingle,
}: {
  readonly phase: PhaseName;
  readonly views: readonly PhaseView[];
  /** Whether the lane has one rank; of virtual ranks, too, only one is seen. */
  readonly isSingle: boolean;
}): preact.JSX.Element {
  const [first, ...others] = views;
  if (first === undefined) return <p class="empty">{t('inside.waiting')}</p>;
  const isShared = (phase === 'all-reduce' || phase === 'update') && others.length > 0 && others.every((other) => isSame(first, other));
  if (isShared) return <PhaseCard view={first} title={t('inside.allRanks', { count: views.length })} />;
  return (
    <>
      {views.map((view) => (
        <PhaseCard key={view.rank} view={view} title={isSingle ? null : t('inside.rank', { rank: view.rank })} />
      ))}
    </>
  );
}

function isSame(a: PhaseView, b: PhaseView): boolean {
  return (
    a.heatmap.values.length === b.heatmap.values.length && a.heatmap.values.every((value, at) => Object.is(value, b.heatmap.values[at]))
  );
}
