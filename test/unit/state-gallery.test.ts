// The gallery without a page: what is read off a program's text, what a search finds, which marks stay, and where an arrow key leads.

import { readdirSync, readFileSync } from 'node:fs';
import { signal } from '@preact/signals';
import { describe, expect, it } from 'vitest';
import { readCards, readShelf } from '../../scripts/vite/gallery.ts';
import { readGalleryCard, topicsOf } from '../../src/state/gallery-card.ts';
import { anyProgram, searchGallery } from '../../src/state/gallery-search.ts';
import { createGallery } from '../../src/state/gallery.ts';
import { createProgram } from '../../src/state/program.ts';
import { createRun } from '../../src/state/run.ts';
import { createHiddenLanes, toggleHidden } from '../../src/state/hidden-lanes.ts';
import { createLaneState } from '../../src/state/lanes.ts';
import type { LaneState } from '../../src/state/lanes.ts';
import { createStorage } from '../../src/state/storage.ts';
import { parseLaneList } from '../../src/train/lane.ts';
import { nearestInRow } from '../../src/ui/gallery/card-keys.ts';

const folder = new URL('../../src/experiments/', import.meta.url);

describe('a card of the gallery', () => {
  it('names what lanes are about, and nothing that none of them has', () => {
    expect(topicsOf(parseLaneList('1xfp32'))).toEqual([]);
    expect(topicsOf(parseLaneList('1xfp32,4xfp16'))).toEqual(['distributed', 'precision']);
    expect(topicsOf(parseLaneList('2xfp32+ring,2xfp32+bucket=1KB'))).toEqual(['distributed', 'exchange']);
    expect(topicsOf(parseLaneList('8xfp32+virtual+batch=64'))).toEqual(['distributed', 'batch', 'virtual']);
    expect(topicsOf(parseLaneList('4xfp32+local=4,4xfp32+break=sum'))).toEqual(['distributed', 'local-steps', 'bug']);
    expect(topicsOf(parseLaneList('3xfp32+fault=kill:1@5+elastic'))).toEqual(['distributed', 'faults']);
  });

  it('is there for a program without a card, with its title alone', () => {
    const card = readGalleryCard('plain', 'plain.ts', "export default experiment({ title: 'Plain', lanes: count(3) });");
    expect(card).toEqual({
      id: 'plain',
      title: { en: 'Plain', zh: 'Plain' },
      question: null,
      group: null,
      seconds: null,
      tier: null,
      lanes: [],
      topics: [],
    });
  });

  it('is there for every program of the project, in the order of the chooser, with a question and a time, and a topic where it has lanes to compare', () => {
    const cards = readCards();
    expect(cards.map(({ id }) => id)).toEqual(readShelf().map(({ id }) => id));
    expect(cards.length).toBe(readdirSync(folder).filter((name) => name.endsWith('.ts')).length);
    for (const card of cards) {
      expect(readFileSync(new URL(`${card.id}.ts`, folder), 'utf8')).toContain(card.question?.en);
      expect(card.seconds).toBeGreaterThan(0);
    }
    // One plain lane is about none of what lanes differ in.
    expect(cards.filter(({ topics, lanes }) => topics.length === 0 && lanes.length !== 1).map(({ id }) => id)).toEqual([]);
  });
});

describe('a search in the gallery', () => {
  const card = (id: string, en: string, zh: string, lanes: string) => ({
    ...readGalleryCard(id, `${id}.ts`, ''),
    title: { en, zh },
    group: 'start' as const,
    tier: 'quick' as const,
    lanes: lanes.split(','),
    topics: topicsOf(parseLaneList(lanes)),
  });
  const cards = [card('ring', 'Bytes of a ring', '环的字节', '4xfp32+ring'), card('half', 'Half the bits', '一半的位数', '1xfp32,1xfp16')];
  const find = (text: string, more = {}, seen: readonly string[] = []) =>
    searchGallery(
      cards,
      { ...anyProgram, text, ...more },
      (topic) => ({ precision: '精度' })[topic as string] ?? topic,
      (id) => seen.includes(id),
    ).map(({ id }) => id);

  it('finds every word, in any order, language and case, also in topics and lanes', () => {
    expect(find('')).toEqual(['ring', 'half']);
    expect(find('  RING bytes ')).toEqual(['ring']);
    expect(find('bits')).toEqual(['half']);
    expect(find('环')).toEqual(['ring']);
    expect(find('精度')).toEqual(['half']);
    expect(find('fp16')).toEqual(['half']);
    expect(find('ring bits')).toEqual([]);
  });

  it('narrows by shelf, by time, and to what nobody has opened', () => {
    expect(find('', { group: 'faults' })).toEqual([]);
    expect(find('', { tier: 'quick' })).toEqual(['ring', 'half']);
    expect(find('', { tier: 'long' })).toEqual([]);
    expect(find('', { isUnseenOnly: true }, ['ring'])).toEqual(['half']);
  });
});

describe('the gallery', () => {
  function open(kept = new Map<string, string>()) {
    const storage = createStorage(() => ({
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: (key) => void kept.delete(key),
    }));
    const originals = ['a', 'b', 'c'].map((id) => ({ id, fileName: `${id}.ts`, source: `// ${id}` }));
    const program = createProgram(originals, 'a', storage, () => () => undefined);
    const run = createRun({ now: () => 0, requestFrame: () => undefined, delay: () => undefined });
    const loads: (() => void)[] = [];
    const gallery = createGallery(program, run, storage, () => new Promise((_, refuse) => loads.push(() => refuse(new Error('offline')))));
    return { program, run, gallery, loads, kept };
  }

  it('marks what was opened and what was run to its end, and remembers it', () => {
    const { program, run, gallery, kept } = open();
    expect([...gallery.seen.value]).toEqual([]);
    program.choose('b');
    expect([...gallery.seen.value]).toEqual([['b', 'opened']]);
    run.begin({ programId: 'b', source: '', seed: null, lanes: null, schedule: null });
    run.apply({ type: 'phase', phase: 'stopped' });
    expect(gallery.seen.value.get('b')).toBe('opened');
    run.apply({ type: 'phase', phase: 'done' });
    expect(gallery.seen.value.get('b')).toBe('run');
    program.choose('c');
    program.choose('b');
    program.openExternal('mine.ts', '');
    const marks = { b: 'run', c: 'opened' };
    expect(Object.fromEntries(gallery.seen.value)).toEqual(marks);
    expect(Object.fromEntries(open(kept).gallery.seen.value)).toEqual(marks);
  });

  it('reads marks that somebody else has written as none', () => {
    for (const text of ['[1', '7', '{"a":"gold","b":"run"}']) {
      const marks = Object.fromEntries(open(new Map([['lockstep.seen', text]])).gallery.seen.value);
      expect(marks).toEqual(text.startsWith('{') ? { b: 'run' } : {});
    }
  });

  it('leads to the program before and after, and a draft is there when one comes back', () => {
    const { program, gallery } = open();
    expect([gallery.previous.value, gallery.next.value?.id]).toEqual([null, 'b']);
    program.edit('// mine');
    program.choose(gallery.next.value?.id ?? '');
    expect([gallery.previous.value?.id, gallery.next.value?.id]).toEqual(['a', 'c']);
    program.choose('c');
    expect(gallery.next.value).toBeNull();
    program.choose('a');
    expect(program.source.value).toBe('// mine');
    program.openExternal('mine.ts', '');
    expect([gallery.previous.value, gallery.next.value?.id]).toEqual([null, 'a']);
  });

  it('says that cards could not be had, and asks for them again', async () => {
    const { gallery, loads } = open();
    gallery.load();
    gallery.load();
    expect(loads.length).toBe(1);
    loads[0]?.();
    await expect.poll(() => gallery.isRefused.value).toBe(true);
    gallery.load();
    expect([loads.length, gallery.isRefused.value]).toEqual([2, false]);
  });
});

describe('an arrow key among cards', () => {
  // Three, two and three cards of 100 pixels in rows of 50.
  const places = [
    [0, 0],
    [100, 0],
    [200, 0],
    [0, 50],
    [100, 50],
    [0, 100.4],
    [100, 100],
    [200, 100.3],
  ].map(([left = 0, top = 0]) => ({ left, right: left + 100, top }));

  it('leads to the nearest card of the next row, never two rows on', () => {
    expect(nearestInRow(places, 1, 1)).toBe(4);
    expect(nearestInRow(places, 2, 1)).toBe(4);
    expect(nearestInRow(places, 7, -1)).toBe(4);
    expect(nearestInRow(places, 3, 1)).toBe(5);
    expect(nearestInRow(places, 0, -1)).toBeNull();
    expect(nearestInRow(places, 6, 1)).toBeNull();
  });
});

describe('hidden lanes', () => {
  const lanesOf = (list: string): readonly LaneState[] => parseLaneList(list).map((lane, index) => createLaneState(index, lane));

  it('stay hidden in another run of the same lanes, and are forgotten with others', () => {
    const lanes = signal(lanesOf('1xfp32,2xfp32'));
    const hidden = createHiddenLanes(lanes);
    expect(toggleHidden(hidden, 1, 2)).toBe(true);
    lanes.value = [];
    lanes.value = lanesOf('1xfp32,2xfp32');
    expect([...hidden.value]).toEqual([1]);
    lanes.value = lanesOf('1xfp32,4xfp32');
    expect([...hidden.value]).toEqual([]);
  });

  it('never take the last lane out of sight', () => {
    const hidden = createHiddenLanes(signal(lanesOf('1xfp32,2xfp32')));
    toggleHidden(hidden, 0, 2);
    expect(toggleHidden(hidden, 1, 2)).toBe(false);
    expect([...hidden.value]).toEqual([0]);
    toggleHidden(hidden, 0, 2);
    expect([...hidden.value]).toEqual([]);
  });
});
