// Looking at the numbers of real lanes on the CPU backend: what is counted and when, that it changes no bit of what is computed, and which tensor is
// named where one overflows.

import { describe, expect, it } from 'vitest';
import { countOnLine, sizeOfCounts } from '../../src/core/number-line.ts';
import { tf } from '../../src/engine/tf.ts';
import { parseReplicaMessage } from '../../src/runner/checked-telemetry.ts';
import type { NumberLines, Overflow } from '../../src/train/number-lines.ts';
import { cnn, lstm, mlp, mlpWithState, randomData, transformer } from '../support/tiny-experiments.ts';
import type { TinyExperiment } from '../support/tiny-experiments.ts';
import { trainLane } from '../support/train-in-node.ts';
import { overflowing } from '../support/overflowing.ts';

async function watch(spec: TinyExperiment, lane: string) {
  const lines: NumberLines[] = [];
  const overflows: Overflow[] = [];
  const trained = await trainLane(spec, lane, {
    numbers: { lines: (found) => void lines.push(found), overflow: (found) => void overflows.push(found) },
  });
  return { trained, lines, overflows };
}

describe('the numbers of a lane', () => {
  it('are counted in steps ten times as far apart, layer by layer in the order of the forward pass', async () => {
    const { lines } = await watch({ ...mlp, steps: 51 }, '1xfp32');
    expect(lines.map(({ step }) => step)).toEqual([5, 50]);
    const [first] = lines;
    const kinds = first?.tensors.map(({ kind }) => kind);
    const ofLayer = ['activation', 'signal', 'weight', 'weight', 'gradient', 'gradient'];
    expect(kinds).toEqual([...ofLayer, ...ofLayer]);
    expect(first?.tensors.map(({ shape }) => shape.join('x'))).toEqual([
      '24x10',
      '24x10',
      '6x10',
      '10',
      '6x10',
      '10',
      '24x3',
      '24x3',
      '10x3',
      '3',
      '10x3',
      '3',
    ]);
    for (const { shape, counts, unscaled } of first?.tensors ?? []) {
      expect(sizeOfCounts(counts)).toBe(shape.reduce((product, length) => product * length, 1));
      expect(unscaled).toBeNull();
    }
  });

  it('are those that the step has: of weights that are known, of what ones give, and of the mean of the gradients', async () => {
    const rows = 8;
    const known: TinyExperiment = {
      ...mlp,
      data: () => ({ train: { x: tf.ones([rows, 2]), y: tf.zeros([rows, 1]) }, test: null }),
      model: () => tf.sequential({ layers: [tf.layers.dense({ inputShape: [2], units: 1, useBias: false, kernelInitializer: 'ones' })] }),
      loss: 'meanSquaredError',
      optimizer: { name: 'sgd', learningRate: 2 ** -40 }, // so small that the weights stay 1 in f32
      globalBatch: rows,
      steps: 5,
    };
    const { lines } = await watch(known, '1xfp32');
    const found = Object.fromEntries((lines[0]?.tensors ?? []).map(({ kind, counts }) => [kind, counts]));
    // y = 2, L = mean(y²): dL/dy = 2·2/8, and dL/dw adds up all of it.
    expect(found['weight']).toEqual(countOnLine(Float32Array.of(1, 1)));
    expect(found['activation']).toEqual(countOnLine(new Float32Array(rows).fill(2)));
    expect(found['signal']).toEqual(countOnLine(new Float32Array(rows).fill(0.5)));
    expect(found['gradient']).toEqual(countOnLine(Float32Array.of(4, 4)));
  });

  it.each(['1xfp32', '1xfp16', '2xfp32+accum=3', '1xfp16+lossScale=off', '4xfp16+virtual'])(
    'change no bit of %s, and cross to the page whole',
    async (lane) => {
      const spec = lane.includes('virtual') || lane.includes('accum') ? mlp : mlpWithState; // here ranks share one stream of random numbers
      const { trained, lines } = await watch({ ...spec, steps: 8 }, lane);
      const { weightsHash, log } = await trainLane({ ...spec, steps: 8 }, lane);
      expect(trained.weightsHash).toBe(weightsHash);
      expect(trained.log).toEqual(log);
      const events = lines.map((found) => ({ type: 'number-lines', lines: found }));
      expect(parseReplicaMessage({ type: 'events', events: structuredClone(events) })).toEqual({ type: 'events', events });
    },
  );

  it.each([
    ['convolutions', cnn, ['conv2d', 'max_pooling2d', 'dense']],
    ['a recurrent layer', lstm, ['lstm', 'dense']],
    ['a transformer', transformer, ['embedding', 'position_embedding', 'layer_normalization', 'attention', 'add']],
  ] as const)('change no bit of a model with %s, whose layers are all there', async (_, model, layers) => {
    const spec = { ...model, steps: 6 };
    const { trained, lines } = await watch(spec, '1xfp16');
    expect(trained.weightsHash).toBe((await trainLane(spec, '1xfp16')).weightsHash);
    const ofKind = (wanted: string) => (lines[0]?.tensors ?? []).flatMap(({ kind, layer }) => (kind === wanted ? [layer] : []));
    for (const name of layers) expect(ofKind('activation').some((layer) => layer.startsWith(name))).toBe(true);
    expect(ofKind('signal')).toEqual(ofKind('activation'));
  });

  it('of a scaled loss are counted with and without the scale, which shifts every gradient by its exponent', async () => {
    const { lines } = await watch({ ...mlp, steps: 5 }, '1xfp16+lossScale=1024');
    const [{ lossScale, tensors } = { lossScale: null, tensors: [] }] = lines;
    expect(lossScale).toBe(1024);
    const scaled = tensors.filter(({ unscaled }) => unscaled !== null);
    expect(scaled).toEqual(tensors.filter(({ kind }) => kind === 'signal' || kind === 'gradient'));
    for (const { counts, unscaled } of scaled) expect(unscaled?.bins.slice(0, -10)).toEqual(counts.bins.slice(10));
  });
});

it.each([
  ['a kind that is none', { kind: 'loss' }],
  ['a count that is none', { counts: { classes: { zero: -1, lost: 0, subnormal: 0, normal: 0, overflow: 0, nan: 0 }, bins: [] } }],
  ['a name that is no text', { layer: 7 }],
  ['more axes than a tensor has', { shape: Array.from({ length: 9 }, () => 1) }],
] as const)('numbers with %s do not reach the page', async (_, wrong) => {
  const { lines } = await watch({ ...mlp, steps: 5 }, '1xfp32');
  const [first] = lines;
  const sent = { ...first, tensors: [{ ...first?.tensors[0], ...wrong }] };
  expect(parseReplicaMessage({ type: 'events', events: [{ type: 'number-lines', lines: sent }] })).toEqual({ type: 'events', events: [] });
});

it('the numbers of a lane tell which tensors the step keeps in f16', async () => {
  const { lines } = await watch({ ...overflowing, steps: 5 }, '1xfp16');
  const kept = (lines.at(-1)?.tensors ?? []).filter(({ isF16 }) => isF16).map(({ kind, layer }) => `${kind} of ${layer}`);
  expect(kept).toEqual(['activation of first', 'signal of first', 'activation of second', 'signal of second', 'activation of third']);
});

describe('an overflow', () => {
  it('of a scaled gradient is named by the first weight of the backward pass, in every step that was skipped', async () => {
    const { trained, overflows } = await watch({ ...overflowing, steps: 4 }, '1xfp16+initScale=16777216');
    const skipped = overflows.filter(({ isSkipped }) => isSkipped);
    expect(trained.skippedSteps).toBeGreaterThan(0);
    expect(skipped.map(({ step }) => step)).toEqual(Array.from({ length: trained.skippedSteps }, (_, index) => index + 1));
    for (const overflow of skipped) expect(overflow).toMatchObject({ kind: 'gradient', name: expect.stringMatching(/^second\/bias/u) });
  });

  it('has the next step counted, where signals are found to overflow in a layer before the last', async () => {
    const { overflows, lines } = await watch({ ...overflowing, steps: 4 }, '1xfp16+initScale=16777216');
    expect(lines[0]?.step).toBe(2);
    expect(overflows).toContainEqual({ step: 2, kind: 'signal', name: 'second', isSkipped: false });
  });

  it('is named alike on ranks that exchange gradients', async () => {
    const [real, virtual] = [
      await watch({ ...overflowing, steps: 3 }, '2xfp16+initScale=16777216'),
      await watch({ ...overflowing, steps: 3 }, '2xfp16+virtual+initScale=16777216'),
    ];
    for (const { overflows } of [real, virtual])
      expect(overflows[0]).toEqual({ step: 1, kind: 'gradient', name: expect.stringMatching(/^second\/bias/u), isSkipped: true });
  });

  it('of an activation is named by the first layer of the forward pass', async () => {
    const large: TinyExperiment = {
      ...overflowing,
      data: () => randomData(60, [32], 3e4), // one sample in sixty
      globalBatch: 60,
    };
    const { overflows } = await watch({ ...large, steps: 5 }, '1xfp16');
    expect(overflows.find(({ kind }) => kind === 'activation')?.name).toBe('first');
  });
});
