// Floods at their source, in the worker: what is sent is bounded by time, what is lost is counted, warnings come through, and memory stays flat
// also in a loop that never yields. Time is faked; nothing waits.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EventStream } from '../../src/train/event-stream.ts';
import { FloodGate } from '../../src/train/flood-gate.ts';
import type { ConsoleLevel, ReplicaEvent, ShownView } from '../../src/train/telemetry.ts';
import { WaitingViews } from '../../src/train/waiting-views.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A stream and what it has posted; `say` is what the console does. */
function open() {
  const messages: (readonly ReplicaEvent[])[] = [];
  const stream = new EventStream((events) => messages.push(events));
  const say = (text: string, level: ConsoleLevel = 'log'): void => {
    if (stream.hasRoomFor(level)) stream.console({ level, rank: 0, text });
  };
  const linesOf = (level: ConsoleLevel): number =>
    messages.flat().filter((event) => event.type === 'console' && event.line.level === level).length;
  const lost = (): number => messages.flat().reduce((sum, event) => sum + (event.type === 'dropped' ? event.lineCount : 0), 0);
  return { messages, stream, say, linesOf, lost };
}

describe('the console of a program', () => {
  it('loses nothing while it says little', () => {
    const { say, linesOf, lost, stream } = open();
    for (let at = 0; at < 500; at += 1) {
      say(`line ${at}`);
      vi.advanceTimersByTime(5);
    }
    stream.flush();
    expect([linesOf('log'), lost()]).toEqual([500, 0]);
  });

  it('sends about a thousand lines of fifty thousand a second, counts the rest, and lets warnings and errors pass', () => {
    const { say, linesOf, lost, messages, stream } = open();
    for (let ms = 0; ms < 4000; ms += 1) {
      for (let at = 0; at < 50; at += 1) say(`line ${ms}.${at}`);
      if (ms % 100 === 0) say(`careful ${ms}`, 'warn');
      vi.advanceTimersByTime(1);
    }
    stream.flush();
    const logs = linesOf('log');
    expect(logs).toBeGreaterThan(3900);
    expect(logs).toBeLessThanOrEqual(800 + 4 * 1000);
    expect(linesOf('warn')).toBe(40);
    expect(logs + lost()).toBe(4000 * 50);
    expect(messages.length).toBeLessThanOrEqual(4 * 64); // sixty a second, of a clock that counts whole milliseconds
  });

  it('keeps no more than a second of lines in a loop that never yields', () => {
    const { say, messages, stream, lost } = open();
    for (let at = 0; at < 100_000; at += 1) say(`spin ${at}`);
    expect(messages).toEqual([]);
    stream.flush();
    expect(messages.flat().length).toBeLessThanOrEqual(1001);
    expect(lost()).toBeGreaterThanOrEqual(99_000);
  });

  it('takes a long line for many', () => {
    const { say, linesOf, stream } = open();
    const long = 'x'.repeat(4000);
    for (let at = 0; at < 500; at += 1) say(long);
    stream.flush();
    expect(linesOf('log')).toBeLessThan(60);
  });
});

describe('views', () => {
  const metric = (title: string, value: number): ShownView => ({ kind: 'metric', title, value, unit: '' });
  const rows = Array.from({ length: 10_000 }, () => [1, 2]);
  const table = (title: string): ShownView => ({ kind: 'table', title, columns: ['a', 'b'], rows, leftOut: 0 });
  const shownOf = (messages: readonly (readonly ReplicaEvent[])[]): readonly ShownView[] =>
    messages.flat().flatMap((event) => (event.type === 'show' ? [event.view] : []));

  it('of one title replace each other on the way, and the last one arrives', () => {
    const { stream, messages } = open();
    for (let at = 0; at < 10_000; at += 1) {
      stream.show(metric('m', at));
      if (at % 10 === 9) vi.advanceTimersByTime(1);
    }
    stream.flush(true);
    const shown = shownOf(messages);
    expect(shown.length).toBeLessThanOrEqual(1 * 100 + 102); // a thousand values each, of 100,000 a second
    expect(shown.at(-1)).toEqual(metric('m', 9999));
  });

  it('that are large leave a few times a second, the last one without being asked again', () => {
    const { stream, messages } = open();
    for (let ms = 0; ms < 3000; ms += 1) {
      stream.show(table('t'));
      vi.advanceTimersByTime(1);
    }
    const during = shownOf(messages).length;
    expect(during).toBeGreaterThanOrEqual(3);
    expect(during).toBeLessThanOrEqual(5); // 20,000 cells at the price of 80,000 values: five in four seconds, and one to begin with
    vi.advanceTimersByTime(1000);
    expect(shownOf(messages).length).toBe(during + 1);
  });

  it('of ever new titles are bounded, the oldest go, and their number is told', () => {
    const views = new WaitingViews(() => 0);
    for (let at = 0; at < 250; at += 1) views.add(metric(`m${at}`, at));
    expect(views.takeDropped()).toBe(150);
    expect(views.takeDropped()).toBe(0);
    const all = views.take(true);
    expect([all.length, all[0]?.title, all.at(-1)?.title]).toEqual([100, 'm150', 'm249']);
    for (let at = 0; at < 80; at += 1) views.add(table(`t${at}`));
    expect(views.takeDropped()).toBe(68); // twelve of 80,000 values are less than a million
  });
});

describe('a gate', () => {
  it('fills steadily, lets what is larger than itself pass when it is full, and says how long to wait', () => {
    let now = 0;
    const gate = new FloodGate(100, 50, () => now);
    expect(gate.admits(200)).toBe(true);
    expect(gate.admits(1)).toBe(false);
    expect(gate.waitMs(10)).toBe(1600); // 150 below empty, and ten more
    now = 1600;
    expect([gate.waitMs(10), gate.admits(10), gate.admits(1)]).toEqual([0, true, false]);
    now = 1_000_000;
    expect([gate.admits(50), gate.admits(1)]).toEqual([true, false]);
  });
});
