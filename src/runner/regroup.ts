// What becomes of an elastic lane that has lost ranks. The ranks that are left come to rest, the one that is furthest hands its state to those
// that are a step behind it (an all-reduce may have reached some and not others), and all of them train on in a new group with new links, so
// that no message of the old one can be taken for one of the new. The batches stay what they were: they are shared out over fewer ranks.
// A rank may be lost at any moment of this as well; then it begins anew with those that are left, from whatever step they hold by then.

import { PlaygroundError } from '../core/errors.ts';
import type { Reported } from '../train/reporter.ts';
import { askAll, RanksLost } from './lane-members.ts';
import type { LaneMember } from './lane-members.ts';
import { linkRanks, linksOf } from './rank-links.ts';

/** From where ranks go on together. */
export interface RegroupPlan {
  /** The last step that any of them has completed. */
  readonly step: number;
  /** The rank whose state is the lane's from now on; null where all hold it. */
  readonly donor: number | null;
}

/** A lane that goes on. */
export interface Regrouped {
  readonly members: readonly LaneMember[];
  /** The last completed step. */
  readonly step: number;
}

/** Brings the members that live together again; null where none does. `heard`: what the page has been told of the lane's steps so far. */
export async function regroup(members: readonly LaneMember[], heard: () => Reported): Promise<Regrouped | null> {
  for (let left = living(members); left.length > 0; left = living(left)) {
    try {
      return { members: left, step: await bringTogether(left, heard) };
    } catch (error) {
      if (!(error instanceof RanksLost)) throw error;
    }
  }
  return null;
}

/** The furthest step wins, and of those that hold it the first rank hands it over. */
export function planRegroup(completedSteps: readonly number[]): RegroupPlan {
  const step = Math.max(...completedSteps);
  const isUneven = completedSteps.some((completed) => completed !== step);
  return { step, donor: isUneven ? completedSteps.indexOf(step) : null };
}

async function bringTogether(members: readonly LaneMember[], heard: () => Reported): Promise<number> {
  const completed = await askAll(
    members,
    async (replica) => {
      const report = await replica.call((remote) => remote.rest());
      await replica.received(report.messageCount);
      return checkStep(report.step);
    },
    true,
  );
  const { step, donor } = planRegroup(completed);
  // Before anybody takes the donor's state over: should it be lost meanwhile, the page has either heard of the step or it is taken again.
  await askAll(
    members.slice(donor ?? 0, (donor ?? 0) + 1),
    async (replica) => replica.received(await replica.call((remote) => remote.tellAfter(heard().reportedStep))),
    true,
  );
  const links = await linkRanks(members.map(({ replica }) => replica));
  const seat = { step, donor, ...heard() };
  await askAll(members, (replica, rank) => replica.call((remote) => remote.takeSeat({ ...seat, rank }, linksOf(links, rank))), true);
  return step;
}

function living(members: readonly LaneMember[]): readonly LaneMember[] {
  return members.filter(({ replica }) => replica.ending === null);
}

/** A worker may answer anything. */
function checkStep(answer: unknown): number {
  if (typeof answer === 'number' && Number.isSafeInteger(answer) && answer >= 0) return answer;
  throw new PlaygroundError('internal', `replica: expected a step, got ${String(answer)}.`);
}
