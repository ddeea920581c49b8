// A program as the gallery shows it: what its card says in a few words, and what its lanes are about. Topics are read off the lanes rather
// than written by hand, so that they cannot fall behind the program; one whose lanes are computed has none.

import type { CardGroup, CardTier, LocalText } from '../train/card.ts';
import type { Lane } from '../train/lane.ts';
import { laneOptions } from '../train/lane-options.ts';
import { readProgramCard } from './program-card.ts';
import { readProgramLanes } from './program-lanes.ts';
import { programTitle } from './program-title.ts';

/** What lanes can differ in, in the order in which it is named. */
export const topics = ['distributed', 'precision', 'batch', 'exchange', 'local-steps', 'faults', 'virtual', 'bug'] as const;
export type Topic = (typeof topics)[number];

/** One program of the gallery. What only a card says is null for a program without one. */
export interface GalleryCard {
  readonly id: string;
  readonly title: LocalText;
  readonly question: LocalText | null;
  readonly group: CardGroup | null;
  /** Estimated seconds of a run on two cores with a software adapter. */
  readonly seconds: number | null;
  readonly tier: CardTier | null;
  /** Labels of its lanes; none where they are computed. */
  readonly lanes: readonly string[];
  readonly topics: readonly Topic[];
}

/** Reads a program's text without running it. */
export function readGalleryCard(id: string, fileName: string, source: string): GalleryCard {
  const card = readProgramCard(source);
  const lanes = readProgramLanes(source) ?? [];
  return {
    id,
    title: card?.title ?? { en: programTitle(source, fileName, 'en'), zh: programTitle(source, fileName, 'zh-CN') },
    question: card?.question ?? null,
    group: card?.group ?? null,
    seconds: card?.seconds ?? null,
    tier: card?.tier ?? null,
    lanes: lanes.map(({ label }) => label),
    topics: topicsOf(lanes),
  };
}

const usualBucketBytes = laneOptions.bucketBytes.absent(false);

const isAbout: Readonly<Record<Topic, (lane: Lane) => boolean>> = {
  distributed: ({ worldSize }) => worldSize > 1,
  precision: ({ precision }) => precision !== 'fp32',
  batch: ({ globalBatch, gradAccumSteps }) => globalBatch !== null || gradAccumSteps > 1,
  exchange: ({ allReduce, wire, bucketBytes, batchNorm }) =>
    allReduce !== 'direct' || wire !== 'fp32' || bucketBytes !== usualBucketBytes || batchNorm === 'sync',
  'local-steps': ({ sync }) => sync !== 'every-step',
  faults: ({ faults, elastic }) => faults.length > 0 || elastic,
  virtual: (lane) => lane.virtual,
  bug: ({ breakers }) => breakers.length > 0,
};

/** What these lanes are about: whatever any of them has. */
export function topicsOf(lanes: readonly Lane[]): readonly Topic[] {
  return topics.filter((topic) => lanes.some(isAbout[topic]));
}
