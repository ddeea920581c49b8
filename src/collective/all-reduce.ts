// The ways to all-reduce, by the name a lane gives.

import { directAllReduce } from './direct-all-reduce.ts';
import type { Exchange } from './exchange.ts';
import type { ReduceOp } from './message.ts';
import { naiveAllReduce } from './naive-all-reduce.ts';
import { ringAllReduce } from './ring-all-reduce.ts';
import { treeAllReduce } from './tree-all-reduce.ts';

export const allReduceNames = ['direct', 'ring', 'tree', 'naive'] as const;
export type AllReduceName = (typeof allReduceNames)[number];

/** Reduces `source` over all ranks into `out`; every rank ends with the same bits. */
export type AllReduce = (exchange: Exchange, source: Float32Array, out: Float32Array, op: ReduceOp) => Promise<void>;

export const allReduces: Readonly<Record<AllReduceName, AllReduce>> = {
  direct: directAllReduce,
  ring: ringAllReduce,
  tree: treeAllReduce,
  naive: naiveAllReduce,
};
