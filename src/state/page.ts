// The page's whole state, put together once. Everything a browser gives (storage, clock, random numbers) is handed in, so that the
// same state runs in a test.

import { signal } from '@preact/signals';
import type { Signal } from '@preact/signals';
import { createChartView } from './chart-view.ts';
import type { ChartView } from './chart-view.ts';
import { createConsole } from './console.ts';
import { createDevice } from './device.ts';
import { createFocusLane } from './focus-lane.ts';
import type { FocusLane } from './focus-lane.ts';
import type { FrameClock } from './frame-revision.ts';
import { createNotice } from './notice.ts';
import type { NoticeState } from './notice.ts';
import { createProblems } from './problems.ts';
import { createProgram } from './program.ts';
import type { Delay, Original } from './program.ts';
import { createRun } from './run.ts';
import { createSeed } from './seed.ts';
import type { SessionState } from './session.ts';
import { createShownViews } from './shown-views.ts';
import type { PageStorage } from './storage.ts';
import { createTheme } from './theme.ts';
import type { DarkQuery, ThemeName, ThemeState } from './theme.ts';

/** The tabs under the results. */
export type TabName = 'console' | 'views' | 'problems';

/** All of the page's state. */
export interface PageState extends SessionState {
  readonly storage: PageStorage;
  readonly clock: FrameClock;
  readonly theme: ThemeState;
  readonly notice: NoticeState;
  readonly focus: FocusLane;
  readonly charts: ChartView;
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
}

/** Creates the state of a page that was just opened. */
export function createPageState(from: PageSurroundings): PageState {
  return {
    storage: from.storage,
    clock: from.clock,
    run: createRun(from.clock),
    program: createProgram(from.originals, from.defaultProgram, from.storage, from.delay),
    problems: createProblems(),
    console: createConsole(from.clock),
    views: createShownViews(from.clock),
    seed: createSeed(from.random),
    device: createDevice(),
    theme: createTheme(from.storage, from.systemIsDark, from.applyTheme),
    notice: createNotice((callback, delayMs) => void from.delay(callback, delayMs)),
    focus: createFocusLane(),
    charts: createChartView(),
    chosenTab: signal<TabName | null>(null),
    isHelpOpen: signal(false),
    isCapabilitiesOpen: signal(false),
  };
}
