// A program on all of its ranks in this process: the runtime that a replica gives its rank, over links in memory instead of MessagePorts.

import { createMemoryTransports } from '../../collective/memory-transport.ts';
import { ProcessGroup } from '../../collective/process-group.ts';
import { EventStream } from '../../train/event-stream.ts';
import type { Program } from '../../train/program.ts';
import { RankRuntime } from '../../train/rank-runtime.ts';
import { StepSpans } from '../../train/step-spans.ts';
import { cpuEngine } from './cpu-engine.ts';

/** Runs the program's first lane to its end on every rank. Throws what a rank threw. */
export async function runRanks({ lanes, main, seed }: Program): Promise<void> {
  const [lane] = lanes;
  if (lane === undefined) throw new Error('runRanks: expected a program with a lane, got none.');
  const engine = await cpuEngine();
  const groups = createMemoryTransports(lane.worldSize).map((transport) => new ProcessGroup(transport, lane.allReduce));
  const runtimes = groups.map((group) => {
    const events = new EventStream(() => undefined);
    return new RankRuntime({
      engine,
      group,
      lane,
      seed,
      events,
      spans: new StepSpans(group.rank),
      die: () => undefined,
      isMeasured: false,
      isLossScaled: false,
    });
  });
  try {
    await Promise.all(runtimes.map((runtime) => runtime.advance(Number.POSITIVE_INFINITY, async (context) => main(context))));
  } finally {
    for (const group of groups) group.close();
  }
}
