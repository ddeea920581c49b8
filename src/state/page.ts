// The page's whole state, put together once. Everything a browser gives (storage, clock, random numbers) is handed in, so that the
// same state runs in a test.

import { computed, signal } from '@preact/signals';
import type { ReadonlySignal, Signal } from '@preact/signals';
import { createChartView } from './chart-view.ts';
import type { ChartView } from './chart-view.ts';
import { createConsole } from './console.ts';
import { currentInput } from './current-input.ts';
import { createDevice } from './device.ts';
import { createFocusLane } from './focus-lane.ts';
import type { FocusLane } from './focus-lane.ts';
import type { FrameClock } from './frame-revision.ts';
import { createHiddenLanes } from './hidden-lanes.ts';
import { createInsideStep } from './inside-step.ts';
import { createLaneList } from './lane-list.ts';
import { createNotice } from './notice.ts';
import type { NoticeState } from './notice.ts';
import { createOtherTabs } from './other-tabs.ts';
import type { OtherTabsState, TabLocks } from './other-tabs.ts';
import { createOverlay } from './overlay.ts';
import type { OverlayLane } from './overlay.ts';
import { createProblems } from './problems.ts';
import { createProgram } from './program.ts';
import type { Delay, Original } from './program.ts';
import { isSameInput } from './run-input.ts';
import { createRun } from './run.ts';
import { createScheduleChoice } from './schedule-choice.ts';
import { createSeed } from './seed.ts';
import type { SessionState } from './session.ts';
import { createShownViews } from './shown-views.ts';
import type { PageStorage } from './storage.ts';
import { createTimeline } from './timeline.ts';
import { createTheme } from './theme.ts';
import type { Machine } from '../runner/schedule.ts';
import type { DarkQuery, ThemeName, ThemeState } from './theme.ts';

/** The tabs under the results. */
export type TabName = 'console' | 'views' | 'inside' | 'timeline' | 'cluster' | 'problems';

/** All of the page's state. */
export interface PageState extends SessionState {
  readonly storage: PageStorage;
  readonly clock: FrameClock;
  readonly theme: ThemeState;
  readonly notice: NoticeState;
  readonly focus: FocusLane;
  readonly charts: ChartView;
  /** Runs drawn behind the current one. */
  readonly overlay: Signal<readonly OverlayLane[]>;
  /** Indices of lanes that charts leave out. */
  readonly hiddenLanes: Signal<ReadonlySet<number>>;
  readonly otherTabs: OtherTabsState;
  /** True where a run started now would be another one than the one on screen. */
  readonly isChanged: ReadonlySignal<boolean>;
  readonly isLaneEditorOpen: Signal<boolean>;
  /** The tab somebody chose; null follows what happens. */
  readonly chosenTab: Signal<TabName | null>;
  readonly isHelpOpen: Signal<boolean>;
  readonly isCapabilitiesOpen: Signal<boolean>;
}

/** What the page gets from its browser. */
export interface PageSurroundings {
  readonly storage: PageStorage;
  readonly clock: FrameClock;
  readonly originals: readonly Original[];
  readonly defaultProgram: string;
  readonly systemIsDark: DarkQuery;
  readonly applyTheme: (theme: ThemeName) => void;
  readonly random: () => number;
  readonly delay: Delay;
  /** Null where the browser has no Web Locks. */
  readonly locks: TabLocks | null;
  readonly machine: Machine;
}

/** Creates the state of a page that was just opened. */
export function createPageState(from: PageSurroundings): PageState {
  const run = createRun(from.clock);
  const program = createProgram(from.originals, from.defaultProgram, from.storage, from.delay);
  const seed = createSeed(from.random);
  const laneList = createLaneList(program, run, from.storage);
  const schedule = createScheduleChoice(laneList.lanes, from.machine);
  return {
    storage: from.storage,
    clock: from.clock,
    run,
    program,
    seed,
    laneList,
    schedule,
    isChanged: computed(
      () => run.input.value !== null && !isSameInput(run.input.value, currentInput({ program, seed, laneList, schedule })),
    ),
    problems: createProblems(),
    console: createConsole(from.clock),
    views: createShownViews(from.clock),
    inside: createInsideStep(),
    timeline: createTimeline(from.clock),
    device: createDevice(),
    theme: createTheme(from.storage, from.systemIsDark, from.applyTheme),
    notice: createNotice((callback, delayMs) => void from.delay(callback, delayMs)),
    focus: createFocusLane(),
    charts: createChartView(from.storage),
    overlay: createOverlay(),
    hiddenLanes: createHiddenLanes(),
    otherTabs: createOtherTabs(run, from.locks, from.delay),
    chosenTab: signal<TabName | null>(null),
    isLaneEditorOpen: signal(false),
    isHelpOpen: signal(false),
    isCapabilitiesOpen: signal(false),
  };
}
