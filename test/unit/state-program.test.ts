// Drafts, seeds, storage, titles: what the page keeps of what one typed.

import { describe, expect, it } from 'vitest';
import { createProblems } from '../../src/state/problems.ts';
import type { Problem } from '../../src/state/page-api.ts';
import { createProgram, withFirstLoaded } from '../../src/state/program.ts';
import { programTitle } from '../../src/state/program-title.ts';
import { createSeed, largestSeed } from '../../src/state/seed.ts';
import { createStorage } from '../../src/state/storage.ts';
import type { TextStore } from '../../src/state/storage.ts';
import { createTheme } from '../../src/state/theme.ts';

function mapStore(): TextStore & { readonly map: Map<string, string> } {
  const map = new Map<string, string>();
  return {
    map,
    getItem: (key) => map.get(key) ?? null,
    setItem: (key, value) => void map.set(key, value),
    removeItem: (key) => void map.delete(key),
  };
}

const originals = [
  { id: 'a', fileName: 'a.ts', source: 'A' },
  { id: 'b', fileName: 'b.ts', source: 'B' },
];
const atOnce = (callback: () => void): (() => void) => {
  callback();
  return () => undefined;
};

describe('programs', () => {
  it('have a draft each, which survives a reload beside its original', () => {
    const store = mapStore();
    const open = () =>
      createProgram(
        originals,
        'a',
        createStorage(() => store),
        atOnce,
      );
    const first = open();
    first.edit('A, edited');
    first.choose('b');
    expect(first.source.value).toBe('B');
    expect(first.hasDraft('a')).toBe(true);
    first.choose('a');

    const second = open();
    expect(second.source.value).toBe('A, edited');
    expect(second.open.value.original).toBe('A');
    expect(second.isEdited.value).toBe(true);
  });

  it('write an edit that is still waiting before another program is shown', () => {
    const store = mapStore();
    const never = () => () => undefined;
    const program = createProgram(
      originals,
      'a',
      createStorage(() => store),
      never,
    );
    program.edit('A, edited');
    program.choose('b');
    program.choose('a');
    expect(program.source.value).toBe('A, edited');
  });

  it('keep no draft that says what the original says', () => {
    const store = mapStore();
    const program = createProgram(
      originals,
      'a',
      createStorage(() => store),
      atOnce,
    );
    program.edit('A, edited');
    program.edit('A');
    expect(program.hasDraft('a')).toBe(false);
    expect([...store.map.keys()].some((key) => key.includes('draft'))).toBe(false);
  });

  it('from outside are never stored and do not touch drafts', () => {
    const store = mapStore();
    const program = createProgram(
      originals,
      'a',
      createStorage(() => store),
      atOnce,
    );
    program.openExternal('mine.ts', 'X');
    program.edit('X, edited');
    expect(program.save()).toBe(false);
    expect([...store.map.values()]).not.toContain('X, edited');
    program.choose('a');
    expect(program.source.value).toBe('A');
  });

  it('open on the one used last, and on the default where that one is gone', () => {
    const store = mapStore();
    createProgram(
      originals,
      'a',
      createStorage(() => store),
      atOnce,
    ).choose('b');
    expect(
      createProgram(
        originals,
        'a',
        createStorage(() => store),
        atOnce,
      ).open.value.id,
    ).toBe('b');
    expect(
      createProgram(
        [originals[0]!],
        'a',
        createStorage(() => store),
        atOnce,
      ).open.value.id,
    ).toBe('a');
  });
});

describe('programs whose text is not here yet', () => {
  /** Two programs; the second one's text comes when `arrive` is called, or not at all. */
  function shelf() {
    let resolve!: (text: string) => void;
    let reject!: (reason: Error) => void;
    const promise = new Promise<string>((onText, onRefusal) => {
      resolve = onText;
      reject = onRefusal;
    });
    const later = [originals[0]!, { id: 'b', fileName: 'b.ts', source: () => promise }, { id: 'c', fileName: 'c.ts', source: 'C' }];
    return { later, arrive: () => resolve('B'), refuse: () => reject(new Error('offline')) };
  }
  const settled = () => new Promise((resolve) => setTimeout(resolve));

  it('are opened when it has come', async () => {
    const { later, arrive } = shelf();
    const store = mapStore();
    const program = createProgram(
      later,
      'a',
      createStorage(() => store),
      atOnce,
    );
    program.choose('b');
    expect(program.open.value.id).toBe('a');
    arrive();
    await settled();
    expect([program.open.value.id, program.source.value, program.isEdited.value]).toEqual(['b', 'B', false]);
  });

  it('are not opened any more where somebody has chosen another meanwhile', async () => {
    const { later, arrive } = shelf();
    const program = createProgram(later, 'a', createStorage(mapStore), atOnce);
    program.choose('b');
    program.choose('c');
    arrive();
    await settled();
    expect(program.open.value.id).toBe('c');
  });

  it('stay closed where it cannot be loaded, and that is said', async () => {
    const { later, refuse } = shelf();
    const program = createProgram(later, 'a', createStorage(mapStore), atOnce);
    let refusals = 0;
    program.choose('b', () => (refusals += 1));
    refuse();
    await settled();
    expect([program.open.value.id, refusals]).toEqual(['a', 1]);
  });

  it('are loaded before the page begins where one of them was used last, and give way to the default where that fails', async () => {
    const store = mapStore();
    const storage = createStorage(() => store);
    storage.write('program', 'b');
    const { later, arrive } = shelf();
    arrive();
    expect(createProgram(await withFirstLoaded(later, storage), 'a', storage, atOnce).source.value).toBe('B');
    const refused = shelf();
    refused.refuse();
    expect(createProgram(await withFirstLoaded(refused.later, storage), 'a', storage, atOnce).open.value.id).toBe('a');
  });
});

describe('storage that is refused', () => {
  it('is said, and the draft still lasts until the tab closes', () => {
    const storage = createStorage(() => {
      throw new Error('SecurityError');
    });
    const program = createProgram(originals, 'a', storage, atOnce);
    program.edit('A, edited');
    expect(program.save()).toBe(false);
    expect(storage.refused.value).toBe(true);
    program.choose('b');
    program.choose('a');
    expect(program.source.value).toBe('A, edited');
  });
});

describe('the seed field', () => {
  it('leaves the seed to the program while it is empty, and takes 0 for a seed', () => {
    const seed = createSeed(() => 0.5);
    expect(seed.override.value).toBeNull();
    seed.text.value = '0';
    expect(seed.override.value).toBe(0);
  });

  it('refuses what is no seed', () => {
    const seed = createSeed(() => 0.5);
    for (const text of ['-1', '1.5', 'abc', '1e3', String(largestSeed + 1)]) {
      seed.text.value = text;
      expect(seed.isValid.value, text).toBe(false);
      expect(seed.override.value, text).toBeNull();
    }
    seed.text.value = String(largestSeed);
    expect(seed.override.value).toBe(largestSeed);
  });

  it('fills in a new one', () => {
    const seed = createSeed(() => 0.1234);
    seed.renew();
    expect(seed.override.value).toBe(1234);
  });
});

describe('problems', () => {
  const problem = (stopsRun: boolean, message: string): Problem => ({ severity: 'error', stopsRun, line: 1, column: 1, message });

  it('of a refused Run are announced until they are gone, and keep the type errors already known', () => {
    const problems = createProblems();
    problems.list.value = [problem(false, 'type')];
    problems.refuse([problem(true, 'syntax')]);
    expect(problems.list.value.map(({ message }) => message)).toEqual(['syntax', 'type']);
    expect(problems.wasRefused.value).toBe(true);
    problems.list.value = [problem(false, 'type')];
    expect(problems.wasRefused.value).toBe(false);
  });
});

describe('the theme', () => {
  it('follows the system until one chooses, and again once one chooses the same', () => {
    const store = mapStore();
    let listener = (): void => undefined;
    const system = {
      matches: false,
      addEventListener: (_type: 'change', callback: () => void) => {
        listener = callback;
      },
    };
    const applied: string[] = [];
    const theme = createTheme(
      createStorage(() => store),
      system,
      (name) => void applied.push(name),
    );
    system.matches = true;
    listener();
    theme.toggle();
    expect(store.map.size).toBe(1);
    theme.toggle();
    expect(store.map.size).toBe(0);
    expect(applied).toEqual(['light', 'dark', 'light', 'dark']);
  });
});

describe('the title of a program', () => {
  const card = "export const card = { title: { en: 'Four \"lanes\"', zh: '四条泳道' } };\nexport default experiment({ title: 'plain' });";

  it('is its card’s in the page’s language', () => {
    expect(programTitle(card, 'x.ts', 'en')).toBe('Four "lanes"');
    expect(programTitle(card, 'x.ts', 'zh-CN')).toBe('四条泳道');
  });

  it('is a comment’s, else the experiment’s, else the file name', () => {
    expect(programTitle("// title: By comment\nexperiment({ title: 'plain' })", 'x.ts', 'en')).toBe('By comment');
    expect(programTitle('experiment({ title: `plain` })', 'x.ts', 'zh-CN')).toBe('plain');
    expect(programTitle('let x = 1;', 'x.ts', 'en')).toBe('x.ts');
  });
});
