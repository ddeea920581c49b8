// Steps, stragglers, curves and fits of the modelled cluster, against numbers worked out by hand and published ones.

import { describe, expect, it } from 'vitest';
import { clusterAlgorithms } from '../../src/cluster/algorithms/all-algorithms.ts';
import { fitAlphaBeta, modelErrorOf } from '../../src/cluster/fit-alpha-beta.ts';
import { modelLane } from '../../src/cluster/lane-model.ts';
import { curveWorldSizes, modelScaling } from '../../src/cluster/scaling.ts';
import { modelStep } from '../../src/cluster/step-model.ts';
import type { StepSetting } from '../../src/cluster/step-model.ts';
import { expectedSlowest } from '../../src/cluster/straggler.ts';
import { createPrng } from '../../src/core/prng.ts';

const mega = 2 ** 20;
const network = { alphaSeconds: 0, bytesPerSecond: mega };
/** A ring of two moves S/β seconds: one a bucket of 1 MB. */
const setting: StepSetting = {
  algorithm: clusterAlgorithms.ring,
  network,
  fastNetwork: network,
  groupSize: 1,
  serverCount: 1,
  microBatchSeconds: 12,
  gradientBytes: 4 * mega,
  bucketBytes: mega,
  hasOverlap: false,
  stragglerSigma: 0,
};

describe('a step', () => {
  it('computes, then communicates: 12 s and 4 buckets of 1 s', () => {
    expect(modelStep(setting, 2)).toMatchObject({
      stepSeconds: 16,
      computeSeconds: 12,
      communicationSeconds: 4,
      waitingShare: 0.25,
      speedUp: 1.5,
    });
    expect(modelStep(setting, 2).efficiency).toBe(0.75);
  });

  it('with overlap waits only for its last bucket, where the network keeps up', () => {
    // Buckets are ready at 6, 8, 10 and 12 s: the backward takes two thirds of 12 s.
    expect(modelStep({ ...setting, hasOverlap: true }, 2)).toMatchObject({ stepSeconds: 13, communicationSeconds: 4 });
  });

  it('with overlap and a network that does not keep up, ends when the network does', () => {
    const slow = { ...network, bytesPerSecond: mega / 5 };
    expect(modelStep({ ...setting, hasOverlap: true, network: slow }, 2).stepSeconds).toBeCloseTo(6 + 4 * 5, 9);
  });

  it('pays the latency of every bucket, the small first one included', () => {
    const latency = { alphaSeconds: 0.5, bytesPerSecond: Number.MAX_VALUE };
    const inBuckets = { ...setting, network: latency, gradientBytes: 10 * mega, bucketBytes: 4 * mega }; // 1 + 4 + 4 + 1 MB
    expect(modelStep(inBuckets, 2).communicationSeconds).toBeCloseTo(4 * 2 * 0.5, 9);
    expect(modelStep({ ...inBuckets, bucketBytes: null }, 2).communicationSeconds).toBeCloseTo(2 * 0.5, 9);
  });

  it.each(Object.values(clusterAlgorithms))('of one rank communicates nothing: $name', (algorithm) => {
    expect(modelStep({ ...setting, algorithm }, 1)).toMatchObject({ stepSeconds: 12, communicationSeconds: 0, speedUp: 1, efficiency: 1 });
  });
});

describe('the slowest of N ranks', () => {
  /** Maclaurin's series, which the code does not use. */
  const erf = (x: number): number => {
    let [sum, term] = [x, x];
    for (let n = 1; n < 60; n++) {
      term *= (-x * x) / n;
      sum += term / (2 * n + 1);
    }
    return (2 / Math.sqrt(Math.PI)) * sum;
  };

  it.each([0.05, 0.2, 0.5, 1])('of two takes 2·Φ(σ/√2) micro-batches, σ = %f (Lien, 1986)', (sigma) => {
    expect(expectedSlowest(2, sigma)).toBeCloseTo(1 + erf(sigma / 2), 4); // cells of 1/64: σ²/24 of their width squared, 1e-5
  });

  // Expected maximum of N standard normals: Tippett, "On the extreme individuals and the range of samples", Biometrika 17, 1925.
  it.each([
    [2, 0.5642],
    [10, 1.5388],
    [100, 2.5076],
    [1000, 3.2414],
  ])('of %i is 1 + σ·%f for a small σ', (worldSize, expected) => {
    const sigma = 1e-4;
    expect((expectedSlowest(worldSize, sigma) - 1) / sigma).toBeCloseTo(expected, 2); // the next term is σ/2·(E[max²] − 1)
  });

  it('of three, of ten and of a hundred takes what two hundred thousand draws say', () => {
    const prng = createPrng(7);
    const sigma = 0.5;
    for (const worldSize of [3, 10, 100]) {
      const drawCount = 200_000 / worldSize;
      let [sum, squares] = [0, 0];
      for (let draw = 0; draw < drawCount; draw++) {
        let slowest = 0;
        for (let rank = 0; rank < worldSize; rank++) slowest = Math.max(slowest, Math.exp(sigma * prng.normal() - sigma ** 2 / 2));
        sum += slowest;
        squares += slowest ** 2;
      }
      const mean = sum / drawCount;
      const standardError = Math.sqrt((squares / drawCount - mean ** 2) / drawCount);
      expect(Math.abs(expectedSlowest(worldSize, sigma) - mean)).toBeLessThan(4 * standardError);
    }
    expect(expectedSlowest(3, sigma)).toBeGreaterThan(16 / 12);
  });

  it('is the only one: nothing is added for one rank, or without scatter', () => {
    expect([expectedSlowest(1, 0.5), expectedSlowest(4096, 0)]).toEqual([1, 1]);
  });

  it('stretches the computing of a step', () => {
    const step = modelStep({ ...setting, stragglerSigma: 0.5 }, 2);
    expect(step.stepSeconds).toBeCloseTo(12 * (1 + erf(0.25)) + 4, 4);
  });
});

describe('a curve', () => {
  it('goes from 1 to 4,096, with the halves between powers of two', () => {
    expect(curveWorldSizes.slice(0, 7)).toEqual([1, 2, 3, 4, 6, 8, 12]);
    expect(curveWorldSizes.at(-1)).toBe(4096);
  });

  it('finds where communication takes longer than computing', () => {
    // Naive without latency: 2(N − 1)·4 s against 12 s, equal at N = 2.5.
    const naive = { ...setting, algorithm: clusterAlgorithms.naive, bucketBytes: null };
    expect(modelScaling(naive).crossover).toBe(3);
    // Stragglers make computing longer: at σ = 0.5 the slowest of three takes 1.4 micro-batches (see above), 16/12 are not enough.
    expect(modelScaling({ ...naive, stragglerSigma: 0.5 }).crossover).toBe(4);
  });

  it('finds no crossover for a ring whose bytes never amount to a micro-batch, and keeps growing', () => {
    const { crossover, best } = modelScaling(setting); // at most 2·4 s against 12 s
    expect(crossover).toBeNull();
    expect(best.worldSize).toBe(4096);
    expect(best.speedUp).toBeCloseTo((4096 * 12) / (12 + 8), -1);
  });

  it('shows where one more rank makes training slower', () => {
    // A tree with three ranks has to pair two of them up: two whole copies more, 4 + 4 s, than the 4 s of two ranks.
    const paired = { ...setting, algorithm: clusterAlgorithms.tree, microBatchSeconds: 1 };
    const { steps } = modelScaling(paired);
    const speedUpOf = (worldSize: number): number => steps.find((step) => step.worldSize === worldSize)?.speedUp ?? Number.NaN;
    expect(speedUpOf(3)).toBeLessThan(speedUpOf(2));
    expect(speedUpOf(4)).toBeGreaterThan(speedUpOf(3));
  });
});

describe('α and β from pings', () => {
  const pings = (alpha: number, secondsPerByte: number): { bytes: number; seconds: number }[] =>
    [4, 1024, 1e6, 64e6].map((bytes) => ({ bytes, seconds: alpha + bytes * secondsPerByte }));

  it('are found again where the times are exactly α + n/β', () => {
    const fit = fitAlphaBeta(pings(5e-5, 1e-9));
    expect(fit.alphaSeconds).toBeCloseTo(5e-5, 12);
    expect(fit.bytesPerSecond / 1e9).toBeCloseTo(1, 9);
  });

  it('are near it where every time is off by 5 %, large ones as well as small ones', () => {
    const fit = fitAlphaBeta(
      pings(5e-5, 1e-9).map(({ bytes, seconds }, at) => ({ bytes, seconds: seconds * (at % 2 === 0 ? 1.05 : 0.95) })),
    );
    expect(Math.abs(fit.alphaSeconds / 5e-5 - 1)).toBeLessThan(0.1);
    expect(Math.abs(fit.bytesPerSecond / 1e9 - 1)).toBeLessThan(0.1);
  });

  it('are never negative: a line through zero, or no cost per byte', () => {
    const bent = [
      { bytes: 1000, seconds: 1 },
      { bytes: 2000, seconds: 3 },
    ];
    expect(fitAlphaBeta(bent).alphaSeconds).toBe(0);
    const falling = [
      { bytes: 1000, seconds: 2 },
      { bytes: 2000, seconds: 2 },
    ];
    expect(fitAlphaBeta(falling)).toEqual({ alphaSeconds: 2, bytesPerSecond: Number.POSITIVE_INFINITY });
  });

  it('cannot be had from one size, or from times that are none', () => {
    expect(() => fitAlphaBeta([{ bytes: 4, seconds: 1 }])).toThrow('at least two sizes');
    expect(() => fitAlphaBeta([...pings(1, 1), { bytes: 8, seconds: 0 }])).toThrow('positive times');
  });

  it('say how far the model is from a measured all-reduce', () => {
    const measured = { algorithm: 'ring', worldSize: 2, bytes: 1e6, seconds: 2e-3 } as const;
    const { modelledSeconds, relativeError } = modelErrorOf(measured, { alphaSeconds: 1e-4, bytesPerSecond: 1e9 });
    expect(modelledSeconds).toBeCloseTo(2 * (1e-4 + 5e-4), 12);
    expect(relativeError).toBeCloseTo(-0.4, 9);
  });
});

describe('a lane as a cluster would run it', () => {
  const lane = {
    worldSize: 4,
    allReduce: 'ring',
    medianStepMs: 400,
    communicationMs: null,
    steps: 10,
    bytesSent: 10 * 1.5 * 11.86e6,
  } as const;

  const exchange = { network: '10GbE', bucketBytes: 2 ** 30, localSteps: 1 } as const;

  it('has a fourth of its step as micro-batch, its own bytes, and a step of each size on that network', () => {
    const modelled = modelLane(lane, exchange);
    expect(modelled).toMatchObject({ kind: 'modelled', network: '10GbE', algorithm: 'ring', microBatchMs: 100, gradientBytes: 11_860_000 });
    expect(modelled?.predictions.map(({ worldSize }) => worldSize)).toEqual([2, 4, 8, 64, 512, 4096]);
    // Two buckets, the first of 1 MiB: 6·(2·50 µs + 11.86 MB/4 / 1.1866 GB/s) = 15.6 ms
    const four = modelled?.predictions.find(({ worldSize }) => worldSize === 4);
    expect(four?.modelledStepMs).toBeCloseTo(100 + 15.6, 1);
    expect(four?.modelledSpeedUp).toBeCloseTo(400 / 115.6, 2);
  });

  it('leaves out what averaging took here, where that was measured', () => {
    expect(modelLane({ ...lane, communicationMs: 40 }, exchange)?.microBatchMs).toBe(90);
  });

  it('with local steps pays for an exchange once in so many', () => {
    // As many bytes a step on average, but in one exchange of five times the bytes: a fifth of the latency.
    const every = modelLane({ ...lane, bytesSent: lane.bytesSent / 5 }, exchange)?.predictions[1];
    const fifth = modelLane({ ...lane, bytesSent: lane.bytesSent / 5 }, { ...exchange, localSteps: 5 })?.predictions[1];
    const latencyMs = 6 * 0.05;
    expect((every?.modelledCommunicationMs ?? 0) - (fifth?.modelledCommunicationMs ?? 0)).toBeGreaterThan(latencyMs * 0.7);
    expect(fifth?.modelledStepMs).toBeCloseTo(100 + (fifth?.modelledCommunicationMs ?? 0), 6);
  });

  it('is none for one rank, and where nothing was sent', () => {
    expect(modelLane({ ...lane, worldSize: 1 }, exchange)).toBeNull();
    expect(modelLane({ ...lane, bytesSent: 0 }, exchange)).toBeNull();
  });
});
