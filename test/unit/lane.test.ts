// Plan: the short form and the object form mean the same, format ∘ parse is the identity, and every bad lane is refused with its place.

import { describe, expect, test } from 'vitest';
import { formatLane, formatLaneList, parseLane, parseLaneList, parseLanes } from '../../src/train/lane.ts';

describe('lanes', () => {
  test('the short form and the object form of a lane are the same lane', () => {
    expect(parseLane('4xfp16', 'lane')).toEqual(parseLane({ worldSize: 4, precision: 'fp16' }, 'lane'));
    expect(parseLane('1xfp16+lossScale=1024', 'lane')).toEqual(parseLane({ worldSize: 1, precision: 'fp16', lossScale: 1024 }, 'lane'));
    expect(parseLane('4xfp32+bucket=64KB+accum=2+local=8+fault=kill:3@20', 'lane')).toEqual(
      parseLane(
        {
          worldSize: 4,
          precision: 'fp32',
          bucketBytes: 65_536,
          gradAccumSteps: 2,
          sync: { localSteps: 8 },
          faults: [{ kind: 'kill', rank: 3, step: 20 }],
        },
        'lane',
      ),
    );
  });

  test('one local step is every step', () => {
    expect(parseLane('4xfp32+local=1', 'lane').sync).toBe('every-step');
  });

  test.each([
    '1xfp32',
    '4xfp16',
    '1xfp16+lossScale=off',
    '64xfp16+lossScale=128',
    '4xfp32+ring',
    '3xfp16+tree+lossScale=off',
    '4xfp32+bucket=64KB+wire=int8+accum=2',
    '4xfp32+wire=topk:0.01',
    '4xfp32+bucket=1MB+local=8',
    '2xfp32+batchNorm=sync+batch=512+lrScaling=none',
    '1xfp32+warmup=20+clip=0.5',
    '4xfp32+break=sum+break=same-data',
    '4xfp32+fault=delay:1@50ms+fault=kill:2@30+elastic',
    '1024xfp32+virtual+net=10GbE',
    '1xfp16+initScale=1024+growthInterval=20',
    '4xfp16(noMasterWeights)+lossScale=off',
    '1xfp16-pure+lossScale=dynamic+initScale=1024',
    '2xbf16+lossScale=512',
  ])('formatting what was parsed gives %s back', (text) => {
    expect(formatLane(parseLane(text, 'lane'))).toBe(text);
  });

  test.each([
    ['1xfp32, 4xfp16+lossScale=off'],
    ['1xfp32, 1xfp32, 1xfp32'],
    ['1xfp32+label=one worker, 4xfp32+label=四个'],
    ['1xfp32+label=a%2Cb %2B 50%25 %3D c'],
    ['1xfp32+label=1xfp32 (2)'],
  ])('formatting the list %s after parsing gives it back', (text) => {
    expect(formatLaneList(parseLaneList(text))).toBe(text);
  });

  test('a list with labels of any kind is the same list after formatting and parsing', () => {
    const lane = { worldSize: 1, precision: 'fp32' } as const;
    const labels = ['plain', 'a, b', 'x+y=z', '100%', '%2C', ' spaces ', 'plain', '1xfp32', '1xfp32', '1xfp32 (2)'];
    const lanes = parseLanes(labels.map((label) => ({ ...lane, label })));
    expect(parseLaneList(formatLaneList(lanes))).toEqual(lanes);
  });

  test('a label that is wrongly escaped is refused with its place', () => {
    expect(() => parseLaneList('1xfp32+label=50%')).toThrow('lanes[0].label: expected a text with , + = and % written as');
  });

  test('fp16 scales the loss dynamically unless told otherwise, fp32 never does', () => {
    expect(parseLane('1xfp16', 'lane').lossScale).toBe('dynamic');
    expect(parseLane('1xfp16(noMasterWeights)', 'lane').lossScale).toBe('dynamic');
    expect(parseLane('1xfp16-pure', 'lane').lossScale).toBe('off');
    expect(parseLane('1xbf16', 'lane').lossScale).toBe('off');
    expect(parseLane('1xfp32', 'lane').lossScale).toBe('off');
  });

  test('two lanes of the same shape get labels that differ', () => {
    expect(parseLaneList('1xfp32, 1xfp32').map((lane) => lane.label)).toEqual(['1xfp32', '1xfp32 (2)']);
  });

  test.each([
    [{ worldSize: 0, precision: 'fp32' }, 'lanes[0].worldSize: expected a whole number from 1 to 64, got 0.'],
    [{ worldSize: 2.5, precision: 'fp32' }, 'lanes[0].worldSize'],
    [{ worldSize: 65, precision: 'fp32' }, 'lanes[0].worldSize'],
    [
      { worldSize: 1, precision: 'fp64' },
      'lanes[0].precision: expected one of fp32, fp16, fp16(noMasterWeights), fp16-pure, bf16, got "fp64".',
    ],
    [{ worldSize: 1, precision: 'fp32', colour: 'red' }, 'lanes[0].colour: unknown lane option'],
    [{ worldSize: 1, precision: 'fp32', lossScale: 8 }, 'lanes[0].lossScale: a loss scale belongs to lanes in 16 bits'],
    [{ worldSize: 1, precision: 'fp16', lossScale: -1 }, 'lanes[0].lossScale'],
    [{ worldSize: 4, precision: 'fp32', allReduce: 'star' }, 'lanes[0].allReduce: expected one of direct, ring, tree, naive'],
    [{ worldSize: 1, precision: 'fp16', label: ' ' }, 'lanes[0].label'],
    ['1025xfp32+virtual', 'lanes[0].worldSize: expected a whole number from 1 to 1024, got 1025.'],
    ['4xfp32+bucket=lots', 'lanes[0].bucketBytes: expected a whole number from 4 to 2147483648, got "lots".'],
    ['4xfp32+wire=int4', 'lanes[0].wire: expected fp32, fp16, int8, or topk:0.01'],
    ['4xfp32+wire=topk:1.5', 'lanes[0].wire'],
    ['4xfp32+ring+wire=int8', 'lanes[0].wire: expected fp32, the only format that ring sends'],
    ['4xfp32+wire=int8+local=4', 'lanes[0].wire: expected fp32 beside local steps'],
    ['4xfp32+accum=0', 'lanes[0].gradAccumSteps'],
    ['1xfp32+warmup=1.5', 'lanes[0].warmupSteps'],
    ['1xfp32+clip=0', 'lanes[0].clipNorm'],
    ['4xfp32+local=often', 'lanes[0].sync.localSteps: expected a whole number from 1 to 100000, got "often".'],
    ['4xfp32+break=glass', 'lanes[0].breakers[0]: expected one of sum, same-data, seed-per-rank, got "glass".'],
    ['4xfp32+fault=kill:2', 'lanes[0].faults[0]: expected delay:RANK@MS or kill:RANK@STEP, got "kill:2".'],
    ['4xfp32+fault=kill:4@2', 'lanes[0].faults: expected ranks from 0 to 3'],
    ['1xfp32+fault=kill:0@2', 'lanes[0].faults: expected at least one rank to be left alive'],
    ['1xfp32+elastic', 'lanes[0].elastic: expected at least two ranks'],
    ['4xfp32+elastic+local=8', 'lanes[0].elastic: expected false beside local steps'],
    ['8xfp32+virtual+fault=kill:2@3', 'lanes[0].faults: expected no fault beside virtual ranks'],
    ['4xfp32+fast', 'lanes[0].fast: unknown lane option; a lane takes label, worldSize, precision, allReduce, bucketBytes'],
    [{ worldSize: 2, precision: 'fp32', sync: 'sometimes' }, "lanes[0].sync: expected 'every-step' or { localSteps: 8 }"],
    [{ worldSize: 2, precision: 'fp32', elastic: 'yes' }, 'lanes[0].elastic: expected true or false, got "yes".'],
    [{ worldSize: 2, precision: 'fp32', network: 'my net!' }, 'lanes[0].network: expected one of NVLink, PCIe, 100GbE'],
    ['2xfp16-pure+batchNorm=sync', 'lanes[0].batchNorm: expected local beside fp16-pure'],
    ['1xfp16+initScale=0', 'lanes[0].initScale: expected a positive number, at most 2^126, got 0.'],
    ['1xfp16+growthInterval=0.5', 'lanes[0].growthInterval: expected a whole number from 1 to 16777216, got 0.5.'],
    ['1xfp32+growthInterval=20', 'lanes[0].growthInterval: only a dynamic loss scale grows'],
    ['1xfp16+lossScale=8+initScale=4', 'lanes[0].initScale: only a dynamic loss scale begins somewhere'],
    ['four', 'lanes[0]: expected a lane such as 1xfp32 or 4xfp16, got "four".'],
    [null, 'lanes[0]: expected an object'],
  ])('%j is refused with its place', (lane, message) => {
    expect(() => parseLanes([lane])).toThrow(message);
  });

  test('a program needs at least one lane', () => {
    expect(() => parseLanes([])).toThrow('lanes: expected at least one lane');
  });
});
