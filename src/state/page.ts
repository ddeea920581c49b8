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
import { createGallery } from './gallery.ts';
import type { GalleryState } from './gallery.ts';
import type { GalleryCard } from './gallery-card.ts';
import { createHiddenLanes } from './hidden-lanes.ts';
import { createComparedRuns } from './history/compared-runs.ts';
import type { ComparedRunsState } from './history/compared-runs.ts';
import { createHistory } from './history/history.ts';
import type { HistoryState, TabChannel } from './history/history.ts';
import { createRecorder } from './history/recorder.ts';
import { createMemoryStore } from './history/run-store.ts';
import type { RunStore } from './history/run-store.ts';
import { createInsideStep } from './inside-step.ts';
import { createLaneList } from './lane-list.ts';
import { createNumberLines } from './number-lines.ts';
import { createNotice } from './notice.ts';
import type { NoticeState } from './notice.ts';
import { createOtherTabs } from './other-tabs.ts';
import type { OtherTabsState, TabLocks } from './other-tabs.ts';
import { createPaneSizes } from './pane-sizes.ts';
import type { PaneSizes } from './pane-sizes.ts';
import { createPresentation } from './presentation.ts';
import type { PresentationState } from './presentation.ts';
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
import { createVerification } from './verification.ts';
import type { Machine } from '../runner/schedule.ts';
import type { DarkQuery, ThemeName, ThemeState } from './theme.ts';

/** The tabs under the results. */
export type TabName = 'console' | 'views' | 'inside' | 'timeline' | 'precision' | 'cluster' | 'numbers' | 'problems';

/** All of the page's state. */
export interface PageState extends SessionState {
  readonly storage: PageStorage;
  readonly clock: FrameClock;
  readonly theme: ThemeState;
  readonly presentation: PresentationState;
  readonly panes: PaneSizes;
  readonly notice: NoticeState;
  readonly focus: FocusLane;
  /** Lanes of the run on screen that are left out of the charts. */
  readonly hiddenLanes: Signal<ReadonlySet<number>>;
  readonly charts: ChartView;
  readonly otherTabs: OtherTabsState;
  readonly history: HistoryState;
  readonly comparedRuns: ComparedRunsState;
  /** Kept runs drawn behind the current ones. */
  readonly overlay: Signal<readonly OverlayLane[]>;
  /** True where a run started now would be another one than the one on screen. */
  readonly isChanged: ReadonlySignal<boolean>;
  readonly isLaneEditorOpen: Signal<boolean>;
  /** The tab somebody chose; null follows what happens. */
  readonly chosenTab: Signal<TabName | null>;
  readonly gallery: GalleryState;
  readonly isHistoryOpen: Signal<boolean>;
  /** Ids of the two kept runs that are compared, the earlier first; null: none. */
  readonly comparedPair: Signal<readonly [string, string] | null>;
  readonly isHelpOpen: Signal<boolean>;
  readonly isCapabilitiesOpen: Signal<boolean>;
}

/** What the page gets from its browser. */
export interface PageSurroundings {
  readonly storage: PageStorage;
  readonly clock: FrameClock;
  readonly originals: readonly Original[];
  readonly defaultProgram: string;
  readonly loadCards: () => Promise<readonly GalleryCard[]>;
  readonly systemIsDark: DarkQuery;
  readonly applyTheme: (theme: ThemeName) => void;
  readonly applySize: (isLarge: boolean) => void;
  readonly random: () => number;
  readonly delay: Delay;
  /** Null where the browser has no Web Locks. */
  readonly locks: TabLocks | null;
  readonly machine: Machine;
  /** Where runs are kept, and how tabs tell each other; absent: in memory, until the page is closed. */
  readonly runs?: { readonly store: RunStore; readonly channel: TabChannel | null };
}

/** Creates the state of a page that was just opened. */
export function createPageState(from: PageSurroundings): PageState {
  const run = createRun(from.clock);
  const program = createProgram(from.originals, from.defaultProgram, from.storage, from.delay);
  const seed = createSeed(from.random);
  const laneList = createLaneList(program, run, from.storage);
  const schedule = createScheduleChoice(laneList.lanes, from.machine);
  const history = createHistory(from.runs?.store ?? createMemoryStore(), from.runs?.channel ?? null, from.delay);
  const overlay = createOverlay();
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
    numberLines: createNumberLines(),
    verification: createVerification(),
    device: createDevice(),
    theme: createTheme(from.storage, from.systemIsDark, from.applyTheme),
    presentation: createPresentation(from.storage, from.applySize),
    panes: createPaneSizes(from.storage),
    notice: createNotice((callback, delayMs) => void from.delay(callback, delayMs)),
    focus: createFocusLane(),
    hiddenLanes: createHiddenLanes(run.lanes),
    charts: createChartView(from.storage),
    otherTabs: createOtherTabs(run, from.locks, from.delay),
    history,
    recorder: createRecorder(history, from.storage),
    comparedRuns: createComparedRuns(history, overlay, from.storage),
    overlay,
    chosenTab: signal<TabName | null>(null),
    isLaneEditorOpen: signal(false),
    gallery: createGallery(program, run, from.storage, from.loadCards),
    isHistoryOpen: signal(false),
    comparedPair: signal<readonly [string, string] | null>(null),
    isHelpOpen: signal(false),
    isCapabilitiesOpen: signal(false),
  };
}
