// torch's DistributedSampler without shuffling: which indices each rank sees.

import { distributedIndices } from '../../../train/sampler.ts';
import { UnsupportedCase, type CaseFamily } from '../family.ts';
import { countOf } from '../input-fields.ts';

export const family: CaseFamily = {
  claims: ({ id, input }) => id.startsWith('ddp/') && 'N' in input && 'world' in input,
  compute({ input }) {
    if (input['shuffle'] === true) throw new UnsupportedCase("torch's own random order is not reproduced.");
    const [sampleCount, worldSize] = [countOf(input, 'N', 1), countOf(input, 'world', 1)];
    const order = Array.from({ length: sampleCount }, (_, index) => index);
    const dropLast = input['drop_last'] === true;
    return { indices: Array.from({ length: worldSize }, (_, rank) => distributedIndices(order, { rank, worldSize, dropLast })) };
  },
};
