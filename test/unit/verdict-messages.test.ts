// Every sentence that `compare` can make, made from numbers, and said in every language: none without a message, none with a place left open, and
// no message that nothing says.

import { expect, test } from 'vitest';

import { fill } from '../../src/compare/clause.ts';
import type { Said } from '../../src/compare/clause.ts';
import { verifyLane, verifySentences } from '../../src/compare/verify.ts';
import { judgeRun } from '../../src/compare/verdict.ts';
import { formatMessage, messageParamNames } from '../../src/i18n/format-message.ts';
import { englishMessages } from '../../src/i18n/messages-en.ts';
import { chineseMessages } from '../../src/i18n/messages-zh-cn.ts';
import type { LaneResult, Manifest } from '../../src/runner/results.ts';
import { laneResult, runResults } from '../support/lane-result.ts';

const bytes = (peakMb: number) => ({ weights: 0, optimizer: 0, graph: 0, peak: peakMb * 1024 ** 2 });
const target = (step: number | null) => ({ metric: 'testAccuracy', value: 0.95, step, trainMs: null });
const one = (numbers: Partial<LaneResult> = {}, shortForm = '1xfp32') => laneResult(shortForm, numbers);
const timed = (medianStepMs: number, shortForm = '1xfp32', numbers: Partial<LaneResult> = {}) =>
  one({ steps: 60, medianStepMs, ...numbers }, shortForm);
const accurate = (testAccuracy: number, testSampleCount: number | null) => one({ final: { loss: 1, testAccuracy }, testSampleCount });
const repeats = (group: string, accuracies: readonly number[]) =>
  accuracies.map((testAccuracy, index) =>
    one({ seed: 42 + index, repeat: { group, index, count: accuracies.length }, final: { loss: 1, testAccuracy } }, group),
  );
const drift = Array.from({ length: 120 }, (_, index) => ({ step: index + 1, loss: 1, stepMs: index < 60 ? 20 : 30 }));

const runs: readonly (readonly [lanes: readonly LaneResult[], manifest?: Partial<Manifest>])[] = [
  [[one(), one()]],
  [[one({ weightsHash: 'a' }), one({ weightsHash: 'a' })]],
  ...[1e-7, 1].map((distanceToBaseline) => [[one(), one({ distanceToBaseline })]] as const),
  ...[0.95, 0.951, 0.5].map((accuracy) => [[accurate(0.95, 1000), accurate(accuracy, 1000)]] as const),
  [[accurate(0.95, null), accurate(0.5, null)]],
  ...[0.5, 0.5000001, 0.6].map((loss) => [[one({ final: { loss: 0.5 } }), one({ final: { loss } })]] as const),
  ...[
    [120, 140],
    [140, 140],
    [120, null],
    [null, 120],
  ].map(([a = null, b = null]) => [[one({ toTarget: target(a) }), one({ toTarget: target(b) })]] as const),
  [[...repeats('1xfp32', [0.9, 0.91]), ...repeats('1xfp16', [0.9, 0.91])]],
  [[...repeats('1xfp32', [0.9, 0.91]), ...repeats('1xfp16', [0.95, 0.96])]],
  [[...repeats('1xfp32', [0.9, 0.91, 0.92, 0.93]), ...repeats('1xfp16', [0.95, 0.96, 0.97, 0.98])]],
  [[one({ bytes: bytes(10) }), one({ bytes: bytes(5) }), one({ bytes: bytes(5) }, '4xfp32')]],
  [[timed(20), timed(20), timed(80), timed(20, '4xfp32'), timed(80, '4xfp32')]],
  [[timed(20), timed(20)], { schedule: 'race' }],
  [[one(), one({ skippedSteps: 1 }), one({ skippedSteps: 2 })]],
  [[one(), one({ state: 'failed' }), one({ state: 'stopped' }), one({ final: { loss: null } }), one({ replicasAgree: false })]],
  [[one({ state: 'failed' }), one()]],
  [[one(), one({ seed: 1 }), one({ steps: 9 }), one({}, '1xfp32+batch=64'), one({}, '4xfp32+break=sum')]],
  [
    [
      one(),
      one({ learningRateChanges: [{ step: 1, learningRate: 1 }] }),
      one({ membershipChanges: [{ step: 1, lostRank: 0, worldSize: 1 }] }),
    ],
  ],
  [[one(), one({}, '1xfp32')], { globalBatch: null, backend: 'cpu' }],
  [[one(), one({ f16: 'simulated' }, '1xfp16')]],
  [[one({ f16: 'native' }, '1xfp16'), one({ f16: 'packed' }, '1xfp16')]],
  [[one(), one({ virtual: true }, '4xfp32+virtual'), one({}, '4xfp32+fault=delay:1@9ms'), timed(20, '1xfp32', { series: drift })]],
];

const verdicts = runs.map(([lanes, manifest]) => judgeRun(runResults(lanes, manifest)));

const series = [1, 2].map((step) => ({ step, loss: 1, stepMs: 1 }));
const record = one({ steps: 2, series, weightsHash: 'a' });
const error = { code: 'x', message: 'm', hint: null, lane: null, rank: null, place: null, stack: '' };
const reruns: readonly (readonly [LaneResult, Partial<LaneResult>, Partial<Manifest>?])[] = [
  [record, {}],
  [{ ...record, learningRateChanges: [{ step: 1, learningRate: 1 }] }, {}],
  [record, { series: [...series.slice(1), { step: 1, loss: 2, stepMs: 1 }] }],
  [record, { weightsHash: 'b' }],
  [record, { steps: 1 }],
  [record, { steps: 1, state: 'failed', error }],
  [record, { weightsHash: 'b' }, { userAgent: 'other', backend: 'webgl', versions: { lockstep: '1', tfjs: '1' } }],
];
const verifications = reruns.map(([lane, change, manifest]) =>
  verifyLane({ lane, manifest: runResults([]).manifest }, { lane: { ...lane, ...change }, manifest: runResults([], manifest).manifest }),
);

const keyed = (room: string, said: readonly Said<string>[]) => said.map(({ key, params }) => ({ key: `${room}.${key}`, params }));
const sentences = [
  ...keyed(
    'verdict',
    verdicts.flatMap(({ lanes }) => lanes.flatMap(({ clauses }) => clauses)),
  ),
  ...keyed(
    'fair',
    verdicts.flatMap(({ fairness }) => (fairness ?? []).flatMap(({ findings }) => findings)),
  ),
  ...keyed('verify', verifications.flatMap(verifySentences)),
];

test.each([
  ['English', englishMessages as Readonly<Record<string, string>>],
  ['Chinese', chineseMessages as Readonly<Record<string, string>>],
])('every sentence can be said in %s, with all of its places filled', (_, messages) => {
  const writing = { number: ({ value }: { readonly value: number }) => String(value), names: () => 'names', spread: () => 'spread' };
  const open = sentences.filter(({ key, params }) => {
    const text = messages[key];
    return text === undefined || messageParamNames(formatMessage(text, fill(params, writing))).length > 0;
  });
  expect(open).toEqual([]);
});

/** Between two runs only: test/unit/fairness.test.ts makes these. */
const betweenRuns = new Set([
  'fair.program.changed',
  'fair.program.unknown',
  'fair.data.unknown',
  'fair.device.differs',
  'fair.device.unknown',
  'fair.kernelVariants.differs',
]);

test('every message with places is said by something', () => {
  const said = new Set(sentences.map(({ key }) => key));
  const rooms = /^(?:verdict|fair|verify)\.(?!all$|open$|costs$|not$|spread$|progress$|refused$|startHint$)/u;
  const unsaid = Object.entries(englishMessages).filter(
    ([key, text]) => rooms.test(key) && messageParamNames(text).length > 0 && !said.has(key) && !betweenRuns.has(key),
  );
  expect(unsaid.map(([key]) => key)).toEqual([]);
});
