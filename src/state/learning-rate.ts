// The learning rate as the page knows it: what a program's text says, what somebody types, and where it was changed by hand.

import type { LearningRateChange } from '../runner/results.ts';

/** The number a text stands for; NaN where it is no learning rate: positive and finite. */
export function readLearningRate(text: string): number {
  const value = text.trim() === '' ? NaN : Number(text);
  return Number.isFinite(value) && value > 0 ? value : NaN;
}

const inProgram = /\blearningRate\s*:\s*(\d[\d_.]*(?:e[+-]?\d+)?)\s*[,}]/giu;

/** The learning rate a program's text names, where it names exactly one; null where it is computed, or there are several. */
export function programLearningRate(source: string): number | null {
  const found = new Set([...source.matchAll(inProgram)].map((match) => readLearningRate((match[1] ?? '').replaceAll('_', ''))));
  const [value] = found;
  return found.size === 1 && value !== undefined && !Number.isNaN(value) ? value : null;
}

/** A place in a chart where the learning rate changed. */
export interface RateMark {
  /** In force in the steps after this one. */
  readonly step: number;
  readonly learningRate: number;
  /** Index of the lane; null where several lanes changed at the same step. */
  readonly lane: number | null;
}

/** The marks of all lanes, by step: lanes that changed to the same value at the same step share one. */
export function rateMarks(changesOfLanes: readonly (readonly LearningRateChange[])[]): readonly RateMark[] {
  const marks = new Map<string, RateMark>();
  changesOfLanes.forEach((changes, lane) => {
    for (const { step, learningRate } of changes) {
      const key = `${step} ${learningRate}`;
      marks.set(key, { step, learningRate, lane: marks.has(key) ? null : lane });
    }
  });
  return [...marks.values()].sort((a, b) => a.step - b.step);
}
