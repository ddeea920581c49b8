// Bytes of an all-reduce, by the counters of one that is really executed: payload only, as nccl-tests counts; the header in front of each
// message is left out. `steps` is what one rank does in turn: its messages, one per hop. The id says which way it travels; a ring if it does not.

import { allReduceNames } from '../../../collective/all-reduce.ts';
import { createMemoryTransports } from '../../../collective/memory-transport.ts';
import { ProcessGroup } from '../../../collective/process-group.ts';
import { UnsupportedCase, type CaseFamily } from '../family.ts';
import { countOf } from '../input-fields.ts';

export const family: CaseFamily = {
  claims: ({ id, input }) => id.startsWith('ddp/') && 'world' in input && 'bytes' in input,
  async compute({ id, input }) {
    const [worldSize, bytes] = [countOf(input, 'world', 1), countOf(input, 'bytes')];
    if (bytes % Float32Array.BYTES_PER_ELEMENT !== 0) throw new UnsupportedCase(`values are f32 here, which ${bytes} bytes are not.`);
    const name = allReduceNames.find((each) => id.includes(each)) ?? 'ring';
    const groups = createMemoryTransports(worldSize).map((transport) => new ProcessGroup(transport, name));
    await Promise.all(groups.map((group) => group.allReduce(new Float32Array(bytes / Float32Array.BYTES_PER_ELEMENT))));
    const total = groups.reduce((sum, group) => sum + group.payloadBytesSent, 0);
    const steps = Math.max(...groups.map((group) => group.messagesSent));
    for (const group of groups) group.close();
    return { sent_per_rank_exact: total / worldSize, total, steps };
  },
};
