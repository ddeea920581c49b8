// Every program of the gallery: a whole card in both languages that the page can read from the text, lanes that it can, and claims that
// keep silent about runs they are not about. Whether the claims hold is asked of real runs, in test/full/experiments.test.ts.

import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readShelf } from '../../scripts/vite/gallery.ts';
import { readProgramCard } from '../../src/state/program-card.ts';
import { readProgramLanes } from '../../src/state/program-lanes.ts';
import { cardGroups, judgeClaims, parseCard, parseClaims } from '../../src/train/card.ts';
import type { ClaimLane, ClaimResults } from '../../src/train/claim-results.ts';
import { formatLane } from '../../src/train/lane.ts';
import type { Lane } from '../../src/train/lane.ts';
import { checkProgramExport } from '../../src/train/program-export.ts';

const folder = new URL('../../src/experiments/', import.meta.url);
const ids = readdirSync(folder).map((fileName) => fileName.replace(/\.ts$/, ''));
const han = /\p{Script=Han}/u;

const otherRun: ClaimResults = { manifest: { seed: 0, steps: 1, preset: null }, lanes: [] };

/** A lane that has ended and has nothing to tell. */
const emptyLane = (lane: Lane, final: ClaimLane['final']): ClaimLane => ({
  label: lane.label,
  shortForm: formatLane(lane),
  worldSize: lane.worldSize,
  f16: lane.precision === 'fp16' ? 'native' : null,
  state: 'done',
  steps: 0,
  series: [],
  evals: [],
  final,
  medianStepMs: null,
  bytes: { weights: 0, optimizer: 0, graph: 0, peak: 0 },
  bytesSent: 0,
  weightsHash: null,
  distanceToBaseline: null,
  replicasAgree: null,
  learningRateChanges: [],
});

describe.each(ids)('%s', (id) => {
  const source = readFileSync(new URL(`${id}.ts`, folder), 'utf8');
  const load = async () => (await import(new URL(`${id}.ts`, folder).href)) as Readonly<Record<string, unknown>>; // a module's exports

  it('has a card that can be read without running it', async () => {
    const card = parseCard((await load())['card']);
    expect(readProgramCard(source)).toEqual(card);
    expect(card.id).toBe(id);
    expect(card.tier).toBe(card.seconds <= 20 ? 'quick' : card.seconds <= 60 ? 'short' : 'long');
  });

  it('speaks both languages', async () => {
    const exports = await load();
    const { title, question, usualAnswer, claim, lookAt, misconception } = parseCard(exports['card']);
    const texts = [title, question, usualAnswer, claim, lookAt, misconception, ...parseClaims(exports['claims']).map(({ text }) => text)];
    expect(texts.filter(({ en, zh }) => han.test(en) || !han.test(zh))).toEqual([]);
  });

  it('declares lanes that the page can read before a run', async () => {
    expect(readProgramLanes(source)).toEqual(checkProgramExport((await load())['default']).lanes);
  });

  it('claims something, and nothing of a run with other lanes or another number of steps', async () => {
    const exports = await load();
    const claims = parseClaims(exports['claims']);
    const { steps } = checkProgramExport(exports['default']);
    expect(claims.length).toBeGreaterThan(0);
    const none = claims.map(() => null);
    expect(judgeClaims(claims, { ...otherRun, manifest: { ...otherRun.manifest, steps } }, steps)).toEqual(none);
    expect(judgeClaims(claims, otherRun, steps)).toEqual(none);
  });

  it('claims only what its own lanes can tell', async () => {
    const exports = await load();
    const { lanes, steps } = checkProgramExport(exports['default']);
    const verdictsIn = (mended: number) => {
      const results = { manifest: { seed: 0, steps, preset: null }, lanes: lanes.map((lane) => emptyLane(lane, { mended })) };
      return judgeClaims(parseClaims(exports['claims']), results, steps);
    };
    const [asItStands, mended] = [verdictsIn(0), verdictsIn(3)]; // a bug to find has claims about both
    expect(asItStands.map((verdict, index) => verdict ?? mended[index])).not.toContain(null);
  });
});

describe('the shelf', () => {
  it('holds every program under its title in both languages, the default first, group by group', () => {
    const shelf = readShelf();
    expect(shelf.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    expect(shelf[0]?.id).toBe('mnist');
    expect(shelf.filter(({ title }) => han.test(title.en) || !han.test(title.zh))).toEqual([]);
    const places = shelf.map(({ group }) => (group === undefined ? -1 : cardGroups.indexOf(group)));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });
});
