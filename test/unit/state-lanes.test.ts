// The lanes of the next run: read from the program, typed as text, edited as fields, kept per program, and how they share the machine.

import { describe, expect, it } from 'vitest';
import {
  isVirtual,
  lossScaleOf,
  optionTexts,
  readDrafts,
  withLossScale,
  withOption,
  withPrecision,
  withVirtual,
  withWord,
  wordOf,
  writeDrafts,
} from '../../src/state/lane-draft.ts';
import { createLaneList } from '../../src/state/lane-list.ts';
import { createProgram } from '../../src/state/program.ts';
import { readProgramLanes } from '../../src/state/program-lanes.ts';
import { createRun } from '../../src/state/run.ts';
import { planSchedule } from '../../src/state/schedule-choice.ts';
import { createStorage } from '../../src/state/storage.ts';
import { parseLaneList } from '../../src/train/lane.ts';
import { planRemarks } from '../../src/ui/lanes/schedule-words.ts';

const labels = (lanes: ReturnType<typeof readProgramLanes>): readonly string[] | null => lanes?.map(({ label }) => label) ?? null;

function openPage(map = new Map<string, string>()) {
  const storage = createStorage(() => ({
    getItem: (key) => map.get(key) ?? null,
    setItem: (key, value) => void map.set(key, value),
    removeItem: (key) => void map.delete(key),
  }));
  const originals = [
    { id: 'a', fileName: 'a.ts', source: "experiment({ lanes: ['1xfp32', '4xfp16'] })" },
    { id: 'b', fileName: 'b.ts', source: 'experiment({ lanes: makeLanes() })' },
  ];
  const program = createProgram(originals, 'a', storage, () => () => undefined);
  const run = createRun({ now: () => 0, requestFrame: () => undefined, delay: () => undefined });
  return { map, program, run, lanes: createLaneList(program, run, storage) };
}

describe('the lanes in a program’s text', () => {
  it('are read from short forms and from objects, with comments and commas as people leave them', () => {
    const source = `
      // lanes: the two below
      export default experiment({
        lanes: [
          '1xfp32', // the baseline
          { worldSize: 4, precision: "fp16", lossScale: 1_024, label: \`four, small\`, },
          /* later: '8xfp32' */
        ],
        steps: 10,
      });`;
    expect(labels(readProgramLanes(source))).toEqual(['1xfp32', 'four, small']);
    expect(readProgramLanes(source)?.[1]).toMatchObject({ worldSize: 4, precision: 'fp16', lossScale: 1024 });
  });

  it.each([
    ['lanes: makeLanes()'],
    ['lanes: [1, 2].map((n) => ({ worldSize: n, precision: "fp32" }))'],
    ['lanes: [...base, "1xfp32"]'],
    ['lanes: [`${n}xfp32`]'],
    ['lanes: ["9xfp99"]'],
    ['lanes: ["1xfp32"'],
    ['no list at all'],
  ])('are unknown where they are computed or no lanes: %s', (source) => {
    expect(readProgramLanes(source)).toBeNull();
  });
});

describe('the fields of a list', () => {
  it.each(['1xfp32, 4xfp16+lossScale=off', '2xfp16+label=a%2Cb', '0xfp32', 'four', '1xfp32+speed=9', ''])(
    'hold %j without judging it, and write it back as it was',
    (text) => {
      expect(writeDrafts(readDrafts(text))).toBe(text);
    },
  );

  it('show a label as people read it', () => {
    expect(readDrafts('1xfp32+label=a%2C b')[0]?.label).toBe('a, b');
  });

  it('make a lane virtual and back, with no more ranks than there can be workers', () => {
    const [draft, many] = readDrafts('8xfp32+ring, 1000xfp32+virtual+tree');
    if (draft === undefined || many === undefined) throw new Error('expected two drafts');
    const virtual = { ...draft, ...withVirtual(draft, true) };
    expect([isVirtual(draft), isVirtual(virtual), writeDrafts([virtual])]).toEqual([false, true, '8xfp32+ring+virtual']);
    expect(writeDrafts([{ ...virtual, ...withVirtual(virtual, false) }])).toBe('8xfp32+ring');
    expect(writeDrafts([{ ...many, ...withVirtual(many, false) }])).toBe('64xfp32+tree');
  });
});

describe('the lanes of the next run', () => {
  it('are the program’s, and nothing is overridden', () => {
    const { lanes } = openPage();
    expect(labels(lanes.lanes.value)).toEqual(['1xfp32', '4xfp16']);
    expect(lanes.text.value).toBe('1xfp32, 4xfp16');
    expect(lanes.override.value).toBeNull();
  });

  it('are a typed list instead, in canonical form', () => {
    const { lanes } = openPage();
    lanes.type(' 2xfp32 ,1xfp16+lossScale=dynamic');
    expect(lanes.override.value).toBe('2xfp32, 1xfp16');
    expect(lanes.text.value).toBe(' 2xfp32 ,1xfp16+lossScale=dynamic');
  });

  it('are not overridden by a list that says the same, or by an empty text', () => {
    const { lanes } = openPage();
    lanes.type('1xfp32,4xfp16');
    expect(lanes.override.value).toBeNull();
    lanes.type('');
    expect(lanes.override.value).toBeNull();
    expect(lanes.problem.value).toBeNull();
    expect(labels(lanes.lanes.value)).toEqual(['1xfp32', '4xfp16']);
  });

  it('follow the program again once they are edited back to its own', () => {
    const { program, lanes } = openPage();
    lanes.add();
    lanes.remove(2);
    program.edit("experiment({ lanes: ['8xfp32'] })");
    expect(lanes.text.value).toBe('8xfp32');
    expect(lanes.override.value).toBeNull();
  });

  it('stay as typed where they are no lanes, say where and what is wrong, and are not passed on', () => {
    const { lanes } = openPage();
    lanes.type('1xfp32, 4xfp99');
    expect(lanes.text.value).toBe('1xfp32, 4xfp99');
    expect(lanes.problem.value).toEqual({
      place: 'lanes[1].precision',
      message: 'lanes[1].precision: expected one of fp32, fp16, fp16(noMasterWeights), fp16-pure, bf16, got "fp99".',
    });
    expect(lanes.override.value).toBeNull();
    expect(lanes.lanes.value).toBeNull();
    expect(lanes.drafts.value).toHaveLength(2);
  });

  it('can be added, edited and removed as fields, which change the text', () => {
    const { lanes } = openPage();
    lanes.add();
    expect(lanes.text.value).toBe('1xfp32, 4xfp16, 1xfp16');
    lanes.edit(2, { worldSize: '8', label: 'eight' });
    expect(lanes.text.value).toBe('1xfp32, 4xfp16, 8xfp16+label=eight');
    lanes.edit(1, { lossScale: '' });
    expect(lanes.problem.value?.place).toBe('lanes[1].lossScale');
    lanes.edit(1, { lossScale: '128' });
    lanes.remove(0);
    expect(lanes.override.value).toBe('4xfp16+lossScale=128, 8xfp16+label=eight');
  });

  it('can be copied and put in another order, and stay where they are at an end', () => {
    const { lanes } = openPage();
    lanes.clone(1);
    expect(lanes.text.value).toBe('1xfp32, 4xfp16, 4xfp16');
    expect(labels(lanes.lanes.value)).toEqual(['1xfp32', '4xfp16', '4xfp16 (2)']);
    lanes.edit(2, { worldSize: '8' });
    lanes.move(2, -1);
    expect(lanes.text.value).toBe('1xfp32, 8xfp16, 4xfp16');
    lanes.move(0, -1);
    lanes.move(2, 1);
    expect(lanes.text.value).toBe('1xfp32, 8xfp16, 4xfp16');
    lanes.move(0, 1);
    expect(lanes.text.value).toBe('8xfp16, 1xfp32, 4xfp16');
  });

  it('come back where they stood when the last removal is undone, as long as nothing else has changed', () => {
    const { lanes } = openPage();
    lanes.remove(0);
    expect(lanes.removed.value).toBe('1xfp32');
    lanes.undoRemove();
    expect(lanes.text.value).toBe('1xfp32, 4xfp16');
    expect([lanes.removed.value, lanes.override.value]).toEqual([null, null]);
    lanes.remove(1);
    lanes.add();
    expect(lanes.removed.value).toBeNull();
    const before = lanes.text.value;
    lanes.undoRemove();
    expect(lanes.text.value).toBe(before);
  });

  it('are at least one: the last cannot be removed', () => {
    const { lanes } = openPage();
    lanes.type('2xfp32');
    lanes.remove(0);
    expect(lanes.text.value).toBe('2xfp32');
  });

  it('survive a reload per program, wrong ones too, and leave nothing behind when restored', () => {
    const { map, program, lanes } = openPage();
    lanes.type('2xfp32');
    program.choose('b');
    expect(lanes.text.value).toBe('');
    lanes.type('3xfp');
    const again = openPage(map);
    expect(again.program.open.value.id).toBe('b');
    expect(again.lanes.text.value).toBe('3xfp');
    again.program.choose('a');
    expect(again.lanes.override.value).toBe('2xfp32');
    again.lanes.restore();
    expect(again.lanes.text.value).toBe('1xfp32, 4xfp16');
    expect([...map.keys()].filter((key) => key.includes('lanes'))).toEqual(['lockstep.lanes.b']);
  });

  it('of a program handed in from outside are not stored', () => {
    const { map, program, lanes } = openPage();
    program.openExternal('mine.ts', 'x');
    lanes.type('2xfp32');
    expect(lanes.override.value).toBe('2xfp32');
    expect([...map.keys()].some((key) => key.includes('lanes'))).toBe(false);
  });

  it('that are computed are known once the program ran with its own', () => {
    const { program, run, lanes } = openPage();
    program.choose('b');
    expect(lanes.own.value).toBeNull();
    const input = { programId: 'b', source: program.source.value, seed: null, schedule: null };
    const declaration = { kind: 'program', title: 't', seed: 0, steps: null, globalBatch: null, target: null, claims: [] } as const;
    run.begin({ ...input, lanes: '1xfp32' });
    run.apply({ type: 'declared', declaration: { ...declaration, lanes: parseLaneList('1xfp32') } });
    expect(lanes.own.value).toBeNull();
    run.begin({ ...input, lanes: null });
    run.apply({ type: 'declared', declaration: { ...declaration, lanes: parseLaneList('2xfp32, 3xfp32') } });
    expect(labels(lanes.own.value)).toEqual(['2xfp32', '3xfp32']);
    program.edit('changed');
    expect(lanes.own.value).toBeNull();
  });
});

describe('the schedule of the next run', () => {
  const machine = { cores: 8, memoryGb: 8 };
  const remarks = (text: string, asked: Parameters<typeof planSchedule>[1]): readonly string[] =>
    planRemarks(planSchedule(parseLaneList(text), asked, machine)).map((remark) => remark.text);

  it('needs no word where lanes take turns and fit', () => {
    expect(planSchedule(parseLaneList('1xfp32, 4xfp16'), null, machine)).toEqual({
      schedule: 'turns',
      reason: 'fits',
      rankCount: 5,
      workerCount: 5,
      workersAtOnce: 5,
      isMuch: false,
    });
    expect(remarks('1xfp32, 4xfp16', null)).toEqual([]);
    expect(remarks('1xfp32, 1024xfp32+virtual', null)).toEqual([]); // whose ranks share one worker
  });

  it('says why lanes run one after the other when nobody asked for it', () => {
    expect(remarks('16xfp32, 4xfp16', null)).toEqual([
      'one after the other, because 20 workers are more than this machine should hold at once',
    ]);
  });

  it('warns where more ranks are asked for at once than would be chosen, in one lane too', () => {
    expect(remarks('16xfp32, 4xfp16', 'turns')).toEqual([expect.stringMatching(/^20 workers at once/u)]);
    expect(remarks('32xfp32, 1xfp32', 'sequence')).toEqual(['one after the other', expect.stringMatching(/^32 workers at once/u)]);
    expect(remarks('16xfp32, 4xfp16', 'sequence')).toEqual(['one after the other']);
  });

  it('says of every race that its times do not compare', () => {
    expect(remarks('1xfp32, 1xfp16', 'race')).toEqual(['race: times do not compare']);
  });
});

describe('options without a field of their own in the row', () => {
  const only = (text: string) => {
    const [draft] = readDrafts(text);
    if (draft === undefined) throw new Error('expected one lane');
    return draft;
  };
  const edited = (text: string, change: (draft: ReturnType<typeof only>) => object): string => {
    const draft = only(text);
    return writeDrafts([{ ...draft, ...change(draft) }]);
  };

  it('are read by their key, or by the word they are', () => {
    const draft = only('4xfp32+ring+bucket=64KB+break=sum+break=same-data');
    expect(wordOf(draft, ['ring', 'tree'])).toBe('ring');
    expect(wordOf(draft, ['elastic'])).toBeNull();
    expect(optionTexts(draft, 'bucket')).toEqual(['64KB']);
    expect(optionTexts(draft, 'break')).toEqual(['sum', 'same-data']);
    expect(optionTexts(draft, 'wire')).toEqual([]);
  });

  it('are written in the place where they stood, and at the end where they are new', () => {
    expect(edited('4xfp32+ring+bucket=64KB', (draft) => withWord(draft, ['ring', 'tree'], 'tree'))).toBe('4xfp32+tree+bucket=64KB');
    expect(edited('4xfp32+bucket=64KB+elastic', (draft) => withOption(draft, 'bucket', ['1MB']))).toBe('4xfp32+bucket=1MB+elastic');
    expect(edited('4xfp32+ring', (draft) => withOption(draft, 'wire', ['int8']))).toBe('4xfp32+ring+wire=int8');
    expect(edited('4xfp32+break=sum+ring', (draft) => withOption(draft, 'break', ['sum', 'same-data']))).toBe(
      '4xfp32+break=sum+break=same-data+ring',
    );
  });

  it('of a dynamic loss scale stay as long as the scale is dynamic', () => {
    const lane = '1xfp16+eager+initScale=64+growthInterval=20';
    expect(edited(lane, (draft) => withLossScale(draft, null, true))).toBe(lane);
    expect(edited(lane, (draft) => withLossScale(draft, '128', true))).toBe('1xfp16+eager+lossScale=128');
    expect(edited(lane, (draft) => withLossScale(draft, null, false))).toBe('1xfp16+eager');
  });

  it('are of the loss scale that a precision has by itself, until another one is said; fp32 takes none', () => {
    const scaleOf = (lane: string) => readDrafts(lane).map(lossScaleOf);
    expect(scaleOf('1xfp16, 1xfp16(noMasterWeights), 1xfp16-pure, 1xbf16, 1xfp32')).toEqual(['dynamic', 'dynamic', 'off', 'off', 'off']);
    expect(scaleOf('1xfp16-pure+lossScale=dynamic, 1xfp16+lossScale=8')).toEqual(['dynamic', '8']);
    expect(edited('1xfp16+growthInterval=20', (draft) => withPrecision(draft, 'fp16(noMasterWeights)'))).toBe(
      '1xfp16(noMasterWeights)+growthInterval=20',
    );
    expect(edited('1xfp16+growthInterval=20', (draft) => withPrecision(draft, 'fp16-pure'))).toBe('1xfp16-pure');
    expect(edited('1xfp16+lossScale=128+ring', (draft) => withPrecision(draft, 'bf16'))).toBe('1xbf16+ring+lossScale=128');
    expect(edited('1xfp16+lossScale=128', (draft) => withPrecision(draft, 'fp32'))).toBe('1xfp32');
  });

  it('leave nothing behind when they are taken out', () => {
    expect(edited('4xfp32+ring+bucket=64KB', (draft) => withWord(draft, ['ring'], null))).toBe('4xfp32+bucket=64KB');
    expect(edited('4xfp32+break=sum+break=same-data', (draft) => withOption(draft, 'break', []))).toBe('4xfp32');
  });
});
