// Where variables live while graphs are replayed. tfjs gives a variable a new buffer with every `assign`; commands that were recorded
// read and write the old one. So every variable has a home, the buffer it had when it was first seen by a recording: what a step assigns
// is copied there at its end, and the variable moves back in.
//
// Two things follow. What was assigned outside of a replay (by an eager step, an average over ranks, a state handed over) is brought
// home before the next one. And a tensor that shares a variable's buffer, such as a `clone()` kept as a snapshot, would see it change:
// it gets a copy of its own first.

import type { Tensor, Variable } from '@tensorflow/tfjs';
import type { LockstepBackend } from '../backend/lockstep-backend.ts';
import { tf } from '../tf.ts';
import { copyOf, separated, storePlainly } from './separate.ts';

/** The references to a home's data: the variable's and ours. */
export const ownReferenceCount = 2;

/** The homes of all registered variables of one backend. */
export class Homes {
  private readonly backend: LockstepBackend;
  private readonly homeOf = new Map<Variable, Tensor>();

  constructor(backend: LockstepBackend) {
    this.backend = backend;
  }

  /** Gives every registered variable a home on the device, and brings those home that were assigned since. */
  claim(): void {
    for (const variable of this.ownVariables()) {
      this.backend.uploadToGPU(variable.dataId);
      storePlainly(this.backend, variable);
      if (!this.homeOf.has(variable)) this.homeOf.set(variable, tf.keep(variable.clone()));
    }
    this.prepare();
  }

  /** Makes homes fit to be written to: variables at home, and nobody else in there. */
  prepare(): void {
    this.bringHome();
    for (const [variable, home] of this.homeOf) {
      if (this.backend.stored(home.dataId).refCount > ownReferenceCount) {
        const own = separated(this.backend, home);
        variable.assign(own);
        this.homeOf.set(variable, own);
        home.dispose();
      }
      this.backend.stored(variable.dataId).values = null; // a replay changes the buffer behind a cached copy
    }
  }

  /** Copies what was assigned to where the variables live, and moves them back. Recorded, where a recording is under way. */
  bringHome(): void {
    const moved: (readonly [variable: Variable, home: Tensor])[] = [];
    const homes = new Set<object>();
    for (const [variable, home] of this.homeOf) {
      if (isGone(variable)) {
        this.homeOf.delete(variable);
        home.dispose();
        continue;
      }
      homes.add(home.dataId);
      if (variable.dataId !== home.dataId) moved.push([variable, home]);
    }
    // A value that lives in another variable's home is saved before that is written to.
    const saved = moved.map(([variable]) => (homes.has(variable.dataId) ? copyOf(this.backend, variable) : null));
    for (const [index, [variable, home]] of moved.entries()) {
      const value = saved[index] ?? null;
      this.copy(value ?? variable, home);
      variable.assign(home);
      value?.dispose();
    }
  }

  /** Moves variables back without what was assigned to them: a step that broke off leaves no trace. */
  restore(): void {
    for (const [variable, home] of this.homeOf) {
      if (!isGone(variable) && variable.dataId !== home.dataId) variable.assign(home);
    }
  }

  /** Whether there is a variable on this backend that was not there when homes were claimed. */
  hasNewcomer(): boolean {
    return this.ownVariables().some((variable) => !this.homeOf.has(variable));
  }

  /** Whether replays write into the buffer of this data. */
  holds(dataId: object): boolean {
    for (const home of this.homeOf.values()) if (home.dataId === dataId) return true;
    return false;
  }

  /** No graph is left: variables keep their buffers, as in tfjs. */
  dispose(): void {
    for (const home of this.homeOf.values()) home.dispose();
    this.homeOf.clear();
  }

  /** Variables on this backend; one that was last used on another comes over when a step uses it, as a recorded step has done before. */
  private ownVariables(): readonly Variable[] {
    const { tensorMap } = this.backend.internals;
    return Object.values(tf.engine().registeredVariables).filter(({ size, dataId }) => size > 0 && tensorMap.has(dataId));
  }

  private copy(from: Tensor, to: Tensor): void {
    if (this.backend.isF16(to)) return this.backend.copyInto(from, to);
    this.backend.copyOut(from, this.backend.bufferOf(to.dataId), 0);
    this.backend.internals.commandQueueOwnedIds.add(to.dataId);
  }
}

/** `tf.disposeVariables` takes variables off the list and does not mark them. */
function isGone(variable: Variable): boolean {
  return tf.engine().registeredVariables[variable.name] !== variable;
}
