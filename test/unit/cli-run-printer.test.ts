// A run's events on the terminal, with a clock and a screen of our own: plain lines for a log, a block redrawn in place for a
// person. The screen of the second test understands the two control sequences the printer uses.

import { expect, test } from 'vitest';

import type { RunEvent } from '../../src/runner/run-events.ts';
import { RunPrinter, type Terminal } from '../../src/cli/run-printer.ts';
import { parseLaneList } from '../../src/train/lane.ts';

const declared: RunEvent = {
  type: 'declared',
  declaration: {
    kind: 'experiment',
    title: 'Two lanes',
    seed: 0,
    steps: 100,
    globalBatch: 32,
    target: null,
    lanes: parseLaneList('1xfp32, 4xfp16'),
    claims: [],
  },
};

function steps(lane: number, from: number, to: number, loss: number): RunEvent {
  const step = Array.from({ length: to - from + 1 }, (_, index) => from + index);
  return { type: 'steps', lane, batch: { step, loss: step.map(() => loss), stepMs: step.map(() => 20), metrics: {} } };
}

function recordingTerminal(isTty: boolean): { terminal: Terminal; screen: () => readonly string[]; setMs: (ms: number) => void } {
  let lines: string[] = [];
  let nowMs = 0;
  const write = (text: string): void => {
    // eslint-disable-next-line no-control-regex -- the sequences the printer writes
    for (const [, up, plain] of text.matchAll(/\u001B\[(\d+)A\u001B\[J|([^\n]*)\n/g)) {
      if (up === undefined) lines.push(plain ?? '');
      else lines = lines.slice(0, lines.length - Number(up));
    }
  };
  return { terminal: { isTty, width: () => 60, write, nowMs: () => nowMs }, screen: () => lines, setMs: (ms) => (nowMs = ms) };
}

test('a log gets the declaration, then a line per lane every five seconds, at evaluations and at the end', () => {
  const { terminal, screen, setMs } = recordingTerminal(false);
  const printer = new RunPrinter(terminal, 'a.ts');
  printer.accept(declared);
  printer.accept({ type: 'lane-phase', lane: 0, phase: 'starting' });
  printer.accept({ type: 'lane-phase', lane: 0, phase: 'running' });
  setMs(1000);
  printer.accept(steps(0, 1, 10, 2.3)); // one second after the last line: too soon
  setMs(6000);
  printer.accept(steps(0, 11, 20, 1.5));
  printer.accept({ type: 'eval', lane: 0, point: { step: 20, values: { testAccuracy: 0.5 } } });
  printer.accept({ type: 'lane-phase', lane: 0, phase: 'done' });
  expect(screen()).toEqual([
    'Two lanes',
    'seed 0, 100 steps, global batch 32',
    '1xfp32  ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄    0/100  starting',
    // 10 steps took 5 s of wall clock, 80 are left; its own steps took 20 ms each
    '1xfp32  ━━━━┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄   20/100  loss 1.5  50 steps/s  40.0 s left',
    '1xfp32  ━━━━┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄   20/100  loss 1.5  testAccuracy 0.5  50 steps/s  40.0 s left',
    '1xfp32  ━━━━┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄   20/100  loss 1.5  testAccuracy 0.5  done',
  ]);
});

test('a terminal keeps one line per lane at the bottom, cut to its width, and console lines above', () => {
  const { terminal, screen, setMs } = recordingTerminal(true);
  const printer = new RunPrinter(terminal, 'a.ts');
  printer.accept(declared);
  printer.accept({ type: 'lane-phase', lane: 1, phase: 'running' });
  setMs(1000);
  printer.accept(steps(1, 1, 50, 0.25));
  printer.accept({ type: 'console', lane: 1, line: { level: 'warn', rank: 3, text: 'hello\nworld' } });
  expect(screen()).toEqual([
    'Two lanes',
    'seed 0, 100 steps, global batch 32',
    '[4xfp16 rank 3 warn] hello',
    '[4xfp16 rank 3 warn] world',
    '1xfp32  ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄    0/100  waiting',
    '4xfp16  ━━━━━━━━━━┄┄┄┄┄┄┄┄┄┄   50/100  loss 0.25  50 steps…',
  ]);
  printer.finish();
  printer.print(['end']);
  expect(
    screen()
      .slice(-3)
      .map((line) => line.slice(0, 6)),
  ).toEqual(['1xfp32', '4xfp16', 'end']);
});

test('a failure that comes as an event and again in the results is printed once', () => {
  const { terminal, screen } = recordingTerminal(false);
  const printer = new RunPrinter(terminal, 'a.ts');
  const failure = { code: 'not-finite', message: 'loss is NaN', hint: null, lane: '1xfp32', rank: null, place: null, stack: '' };
  printer.accept({ type: 'failure', lane: 0, failure });
  printer.printFailure(failure);
  expect(screen()).toEqual(['a.ts failed (not-finite) in lane 1xfp32', '  loss is NaN']);
});

test('a lane that goes on without a rank says so', () => {
  const { terminal, screen } = recordingTerminal(false);
  const printer = new RunPrinter(terminal, 'a.ts');
  printer.accept(declared);
  printer.accept({ type: 'membership', lane: 1, step: 30, lostRank: 2, worldSize: 3 });
  expect(screen().at(-1)).toBe('4xfp16 lost rank 2 after step 30 and goes on with 3 of its ranks');
});

test('says what overflowed first, and whether the step was skipped for it', () => {
  const { terminal, screen } = recordingTerminal(false);
  const printer = new RunPrinter(terminal, 'a.ts');
  printer.accept(declared);
  printer.accept({ type: 'overflow', lane: 1, overflow: { step: 3, kind: 'gradient', name: 'dense/kernel', isSkipped: true } });
  printer.accept({ type: 'overflow', lane: 1, overflow: { step: 4, kind: 'activation', name: 'dense', isSkipped: false } });
  expect(screen().slice(-2)).toEqual([
    '4xfp16 step 3: the gradient of dense/kernel overflowed first; the step was skipped',
    '4xfp16 step 4: what dense gives overflowed first',
  ]);
});
