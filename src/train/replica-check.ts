// Replicas that train together must hold the same weights, bit for bit. This compares them by hash, and says which rank is odd.

import type { ProcessGroup } from '../collective/process-group.ts';
import { PlaygroundError } from '../core/errors.ts';
import { hashHex } from '../core/hash.ts';
import type { tf } from '../engine/tf.ts';
import { readWeights } from '../engine/weights-hash.ts';
import { endsInAgreement } from './breakers.ts';
import type { Lane } from './lane.ts';

/** Whether a lane's ranks hold the same weights after a step (0: before the first): with local steps, only where they have just averaged. */
export function agreesAfter(lane: Pick<Lane, 'breakers' | 'sync'>, step: number): boolean {
  return endsInAgreement(lane) && (lane.sync === 'every-step' || step % lane.sync.localSteps === 0);
}

/** Compares every rank's weights. Throws `replicas-differ`, naming the step and the first odd rank. */
export async function checkReplicasAgree(group: ProcessGroup, variables: readonly tf.Variable[], step: number): Promise<void> {
  if (group.worldSize === 1) return;
  const own = Number.parseInt(hashHex(await readWeights(variables)), 16);
  const words = new Float32Array(new Uint32Array([own & 0xffff, own >>> 16])); // 16 bits each: exact as floats
  const all = await group.allGather(words);
  const odd = all.findIndex((each) => each[0] !== all[0]?.[0] || each[1] !== all[0]?.[1]);
  if (odd === -1) return;
  const when = step === 0 ? 'before the first step' : `after step ${step}`;
  throw new PlaygroundError(
    'replicas-differ',
    `replicas: the weights of rank ${odd} are not those of rank 0 ${when}. Every rank must build the same model from the same seed.`,
    { step, rank: odd },
  );
}
