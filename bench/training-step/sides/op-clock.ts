// Times one op at a time on our engine, in a lane's precision: operands are stored as the lane stores activations, and so is the result.

import type { Engine } from '../../../src/engine/engine.ts';
import { tf } from '../../../src/engine/tf.ts';
import type { Lane } from '../../../src/train/lane.ts';
import { prepareOp } from '../../precision/ops.ts';

/** `opMs` of a side. The operands of the last op that was asked for are kept. */
export function opClock(engine: Engine, { precision }: Pick<Lane, 'precision'>): (name: string, count: number) => Promise<number> {
  let prepared: { readonly name: string; readonly run: () => tf.Tensor | tf.Tensor[] } | null = null;
  const store = (tensor: tf.Tensor): tf.Tensor => (precision === 'fp16' ? engine.toF16(tensor) : tensor);
  const inPrecision = <T>(run: () => T): T => (precision === 'fp16' ? engine.autocast(run) : run());
  return async (name, count) => {
    if (prepared?.name !== name) {
      if (prepared !== null) tf.engine().endScope();
      tf.engine().startScope();
      prepared = { name, run: prepareOp(name, store) };
    }
    const { run } = prepared;
    await engine.sync();
    const from = performance.now();
    for (let call = 0; call < count; call++) tf.dispose(inPrecision(run));
    await engine.sync();
    return (performance.now() - from) / count;
  };
}
