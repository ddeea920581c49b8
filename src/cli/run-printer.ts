// Turns a run's events into terminal output. On a terminal the lanes' lines stand at the bottom and are redrawn in place while
// console lines scroll above them; elsewhere (a file, a CI log) each lane prints a plain line now and then, at every evaluation
// and at its end.

import type { RunEvent } from '../runner/run-events.ts';
import type { Overflow } from '../train/number-lines.ts';
import type { DeviceReport } from '../train/telemetry.ts';
import { formatFailure } from './failure-text.ts';
import { advanceLane, formatLane, newLaneProgress, type LaneProgress } from './lane-progress.ts';
import { displayWidth } from './text-table.ts';
import { formatView } from './view-text.ts';

const redrawEveryMs = 100;
const plainLineEveryMs = 5000;

/** Where output goes; tests pass one that collects. */
export interface Terminal {
  readonly isTty: boolean;
  /** Columns; lines of the live block are cut to it. */
  readonly width: () => number;
  readonly write: (text: string) => void;
  readonly nowMs: () => number;
}

/** Prints one run. `file` is the program's path as typed. */
export class RunPrinter {
  /** What a flood has cost so far, by lane; told once, at the end. */
  private readonly dropped = new Map<number | null, { readonly lineCount: number; readonly viewCount: number }>();
  private readonly terminal: Terminal;
  private readonly file: string;
  private lanes: LaneProgress[] = [];
  private drawnLines = 0;
  private drawnAtMs = Number.NEGATIVE_INFINITY;
  private plainLineAtMs: number[] = [];
  private hasNamedDevice = false;
  private readonly printedFailures = new Set<string>();

  constructor(terminal: Terminal, file: string) {
    this.terminal = terminal;
    this.file = file;
  }

  /** Prints what an event means to somebody who watches. */
  accept(event: RunEvent): void {
    switch (event.type) {
      case 'declared': {
        const { title, seed, steps, globalBatch, lanes, preset } = event.declaration;
        this.lanes = lanes.map((lane) => newLaneProgress(lane.label, steps));
        this.plainLineAtMs = lanes.map(() => Number.NEGATIVE_INFINITY);
        const facts = [
          `seed ${seed}`,
          steps === null ? '' : `${steps} steps`,
          globalBatch === null ? '' : `global batch ${globalBatch}`,
          preset === 'cpu' ? 'smaller preset for the CPU' : '',
        ];
        this.print([title, facts.filter(Boolean).join(', ')]);
        return;
      }
      case 'device':
        if (!this.hasNamedDevice) this.print(describeDevice(event.device));
        this.hasNamedDevice = true;
        return;
      case 'console': {
        const { level, rank, text } = event.line;
        const who = `${this.labelOf(event.lane)}rank ${rank}`;
        this.print(text.split('\n').map((line) => `[${who}${level === 'log' ? '' : ` ${level}`}] ${line}`));
        return;
      }
      case 'show':
        this.print(formatView(event.view).map((line) => `[${this.labelOf(event.lane).trimEnd()}] ${line}`));
        return;
      case 'silent':
        this.print([
          `${this.labelOf(event.lane)}no answer for ${Math.round(event.silentMs / 1000)} s; it may be in an endless loop. Ctrl+C stops the run.`,
        ]);
        return;
      case 'failure':
        this.printFailure(event.failure);
        return;
      case 'steps':
      case 'eval':
      case 'lane-phase':
        this.advance(event.lane, event);
        return;
      case 'membership': {
        const { lostRank, worldSize, step } = event;
        this.print([`${this.labelOf(event.lane)}lost rank ${lostRank} after step ${step} and goes on with ${worldSize} of its ranks`]);
        return;
      }
      case 'overflow': {
        const { overflow, lane } = event;
        this.print([`${this.labelOf(lane)}step ${overflow.step}: ${overflowText(overflow)}`]);
        return;
      }
      case 'schedule':
        if (event.reason === 'too-many-ranks')
          this.print(['lanes run one after the other: their ranks are too many at once for this machine']);
        return;
      case 'dropped': {
        const before = this.dropped.get(event.lane) ?? { lineCount: 0, viewCount: 0 };
        const lineCount = before.lineCount + event.lineCount;
        this.dropped.set(event.lane, { lineCount, viewCount: before.viewCount + event.viewCount });
        return;
      }
      case 'results':
        this.print([...this.dropped].flatMap(([lane, counts]) => droppedText(counts).map((text) => `${this.labelOf(lane)}${text}`)));
        this.dropped.clear();
        return;
      case 'phase':
      case 'manifest':
      case 'lane-result':
      case 'learning-rate':
      case 'weights':
      case 'inside':
      case 'spans':
      case 'gpu-times':
      case 'number-lines':
        return;
    }
  }

  /** Prints a failure once, however many events and results carry it. */
  printFailure(failure: Parameters<typeof formatFailure>[0]): void {
    const lines = formatFailure(failure, this.file);
    const key = lines.join('\n');
    if (this.printedFailures.has(key)) return;
    this.printedFailures.add(key);
    this.print(lines);
  }

  /** Prints lines above the live block. */
  print(lines: readonly string[]): void {
    this.erase();
    this.terminal.write(lines.map((line) => `${line}\n`).join(''));
    this.draw();
  }

  /** Leaves the last state of the lanes on the screen; nothing is redrawn afterwards. */
  finish(): void {
    this.erase();
    this.draw();
    this.drawnLines = 0;
    this.lanes = [];
  }

  private advance(index: number, event: RunEvent): void {
    const before = this.lanes[index];
    if (before === undefined) return;
    const nowMs = this.terminal.nowMs();
    const after = advanceLane(before, event, nowMs);
    this.lanes[index] = after;
    if (this.terminal.isTty) {
      if (event.type === 'steps' && nowMs - this.drawnAtMs < redrawEveryMs) return;
      this.erase();
      this.draw();
      return;
    }
    const isDue = nowMs - (this.plainLineAtMs[index] ?? 0) >= plainLineEveryMs;
    if (event.type === 'steps' && !isDue) return;
    if (event.type === 'lane-phase' && (event.phase === 'waiting' || event.phase === 'running')) return; // nothing to tell yet
    this.plainLineAtMs[index] = nowMs;
    this.terminal.write(`${formatLane(after, this.labelWidth())}\n`);
  }

  private erase(): void {
    if (this.drawnLines > 0) this.terminal.write(`\u001B[${this.drawnLines}A\u001B[J`);
    this.drawnLines = 0;
  }

  private draw(): void {
    if (!this.terminal.isTty || this.lanes.length === 0) return;
    const width = this.labelWidth();
    const lines = this.lanes.map((lane) => cut(formatLane(lane, width), this.terminal.width() - 1));
    this.terminal.write(lines.map((line) => `${line}\n`).join(''));
    this.drawnLines = lines.length;
    this.drawnAtMs = this.terminal.nowMs();
  }

  private labelWidth(): number {
    return Math.max(0, ...this.lanes.map(({ label }) => label.length));
  }

  private labelOf(index: number | null): string {
    const label = index === null ? undefined : this.lanes[index]?.label;
    return label === undefined ? '' : `${label} `;
  }
}

/** One line on the device, then one per note. */
export function describeDevice({ backend, adapter, f16, notes }: DeviceReport): readonly string[] {
  const name = [adapter.vendor, adapter.architecture, adapter.device, adapter.description].filter(Boolean).join(' ');
  return [`${backend} on ${name === '' ? 'an adapter that does not say its name' : name}, f16 ${f16}`, ...notes.map((note) => `  ${note}`)];
}

/** What overflowed, as a sentence. */
function overflowText({ kind, name, isSkipped }: Overflow): string {
  const what = {
    activation: `what ${name} gives`,
    signal: `the gradient of what ${name} gives`,
    weight: name,
    gradient: `the gradient of ${name}`,
  };
  return `${what[kind]} overflowed first${isSkipped ? '; the step was skipped' : ''}`;
}

function cut(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let kept = '';
  for (const character of text) {
    if (displayWidth(kept + character) >= width) break;
    kept += character;
  }
  return `${kept}…`;
}

function droppedText({ lineCount, viewCount }: { readonly lineCount: number; readonly viewCount: number }): readonly string[] {
  return [
    ...(lineCount > 0 ? [`${lineCount} console lines were dropped: more than can be shown in so short a time`] : []),
    ...(viewCount > 0 ? [`${viewCount} views were dropped: more than can be shown in so short a time`] : []),
  ];
}
