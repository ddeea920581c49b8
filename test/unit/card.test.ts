// Cards and claims: what is refused, what a text that only looks like a card gives away (nothing), and what becomes of verdicts.

import { describe, expect, it } from 'vitest';
import { formatClaims } from '../../src/cli/claim-text.ts';
import { checkClaimTexts, judgeClaims as judgeInReplica } from '../../src/runner/judge-claims.ts';
import type { ReplicaHandle } from '../../src/runner/replica-handle.ts';
import type { RunResults } from '../../src/runner/results.ts';
import { readProgramCard } from '../../src/state/program-card.ts';
import { judgeClaims, parseCard, parseClaims } from '../../src/train/card.ts';
import { withLanes } from '../../src/train/claim-results.ts';
import type { ClaimLane, ClaimResults } from '../../src/train/claim-results.ts';

const text = { en: 'a "text", with ] and }', zh: '文字' };
const card = {
  id: 'a-card',
  group: 'start',
  seconds: 12,
  tier: 'quick',
  title: text,
  question: text,
  usualAnswer: text,
  claim: text,
  lookAt: text,
  misconception: text,
};
const literal = JSON.stringify(card).replaceAll('a \\"text\\", with', 'a text, with');

const lane = (shortForm: string, changes: Partial<ClaimLane> = {}): ClaimLane => ({
  label: shortForm,
  shortForm,
  worldSize: 1,
  f16: null,
  state: 'done',
  steps: 10,
  series: [],
  evals: [],
  final: {},
  medianStepMs: null,
  bytes: null,
  bytesSent: 0,
  weightsHash: null,
  distanceToBaseline: null,
  replicasAgree: true,
  learningRateChanges: [],
  ...changes,
});
const run = (...lanes: ClaimLane[]): ClaimResults => ({ manifest: { seed: 0, steps: 10, preset: null }, lanes });

describe('a card', () => {
  it('is refused where a field is missing, unknown, or in one language only', () => {
    expect(parseCard(card)).toEqual(card);
    expect(() => parseCard({ ...card, claim: undefined })).toThrow('card.claim');
    expect(() => parseCard({ ...card, verdict: text })).toThrow('card.verdict');
    expect(() => parseCard({ ...card, question: { en: 'Why?' } })).toThrow('card.question.zh');
    expect(() => parseCard({ ...card, seconds: 0 })).toThrow('card.seconds');
    expect(() => parseCard({ ...card, group: 'misc' })).toThrow('card.group');
  });

  it('is read from a text where it is a literal', () => {
    expect(readProgramCard(`const x = 1;\nexport const card: Card = ${literal};\nlet y = {`)?.question.en).toBe('a text, with ] and }');
    expect(readProgramCard(`export const card = ${literal};`)).not.toBeNull();
  });

  it.each([
    ['computed', `export const card = makeCard(${literal});`],
    ['made with a name', `export const card = ${literal.replace('12', 'twelve')};`],
    ['made with a call', `export const card = ${literal.replace('12', 'alert(1)')};`],
    ['made with a template', `export const card = ${literal.replace('"a-card"', '`${id}`')};`],
    ['cut off', `export const card = ${literal.slice(0, -3)}`],
    ['no card', 'export const card = { id: 1 };'],
    ['only mentioned', `// export const card = ${literal};`],
  ])('is not read where it is %s', (_how, source) => {
    expect(readProgramCard(source)).toBeNull();
  });
});

describe('a claim', () => {
  const claims = parseClaims([
    { text, holds: (results: ClaimResults) => withLanes(results, ['1xfp32', '4xfp32'], (one, four) => one.steps === four.steps) },
  ]);

  it('is judged on its lanes, wherever they stand', () => {
    expect(judgeClaims(claims, run(lane('4xfp32'), lane('2xfp32'), lane('1xfp32')), 10)).toEqual([true]);
    expect(judgeClaims(claims, run(lane('4xfp32', { steps: 9 }), lane('1xfp32')), 10)).toEqual([false]);
  });

  it.each([
    ['without one of its lanes', [lane('1xfp32')], 10],
    ['with a lane that failed', [lane('1xfp32'), lane('4xfp32', { state: 'failed' })], 10],
    ['with a learning rate set by hand', [lane('1xfp32'), lane('4xfp32', { learningRateChanges: [{}] })], 10],
    ['of another number of steps', [lane('1xfp32'), lane('4xfp32')], 20],
  ])('is left open by a run %s', (_which, lanes, steps) => {
    expect(judgeClaims(claims, run(...lanes), steps)).toEqual([null]);
  });

  it('without a function, or in one language, is refused by its place', () => {
    expect(() => parseClaims([{ text, holds: true }])).toThrow('claims[0].holds');
    expect(() => parseClaims([{ text: { en: 'x' }, holds: () => true }])).toThrow('claims[0].text.zh');
    expect(() => checkClaimTexts([text, 'x'])).toThrow('claims[1].text');
  });

  it('is printed with its mark', () => {
    const lines = formatClaims([true, false, null].map((holds) => ({ text, holds })));
    expect(lines.map((line) => line[0])).toEqual(['✓', '✗', '–']);
  });
});

describe('verdicts from the sandbox', () => {
  const results = { claims: [{ text, holds: null }], lanes: [] } as unknown as RunResults; // what the judge reads of it
  /** A replica that answers whatever it likes. */
  function replica(answer: unknown): { readonly handle: ReplicaHandle; readonly isEnded: () => boolean } {
    let isEnded = false;
    const handle = {
      warmed: Promise.resolve(),
      call: (invoke: (remote: unknown) => unknown) => invoke({ load: () => Promise.resolve(), judge: () => Promise.resolve(answer) }),
      end: () => {
        isEnded = true;
      },
    } as unknown as ReplicaHandle; // the part of it that a judge is
    return { handle, isEnded: () => isEnded };
  }

  it('stand beside their texts, and the replica is let go', async () => {
    const judge = replica([true]);
    await expect(judgeInReplica(judge.handle, { parts: [], imports: [] }, results)).resolves.toEqual([{ text, holds: true }]);
    expect(judge.isEnded()).toBe(true);
  });

  it.each([[['yes']], [[{ toString: 1 }]], ['true'], [undefined], [[]]])(
    'are refused where they are not true, false or null: %j',
    async (answer) => {
      const judge = replica(answer);
      await expect(judgeInReplica(judge.handle, { parts: [], imports: [] }, results)).rejects.toMatchObject({ code: 'program-invalid' });
      expect(judge.isEnded()).toBe(true);
    },
  );
});
