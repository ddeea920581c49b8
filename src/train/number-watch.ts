// Watches a rank's numbers for f16's sake. Every step's gradients are looked at for overflows anyway, under a loss scale: here it is said which
// one it was, as the values arrive. A few steps are counted layer by layer: one soon after the start, later ones ten times as far apart, and
// the next one where somebody asks or something overflowed. Counting a step means to take it eagerly, which costs time, so they are few;
// what it computes is the same.

import type { Engine } from '../engine/engine.ts';
import type { ScalarRing } from '../engine/scalar-ring.ts';
import type { tf } from '../engine/tf.ts';
import type { NumberListener, Overflow } from './number-lines.ts';
import { NumberLook } from './number-look.ts';

/** The first step that is counted: the first three are measured for their memory. */
const firstStep = 5;
const growth = 10;
/** Where so much is held already, steps are counted only when somebody asks: an eager step takes as much once more. */
const mostBytesUnasked = 512 * 1024 ** 2;
/** Steps that are counted because another one overflowed: a scale that begins too high overflows in several. */
const mostAfterOverflow = 4;

/** Where the gradients of a step overflowed. */
export interface GradientOverflow {
  /** The place, from 1, of the first in the order of the backward pass; 0 for none. A scalar is one that the next step changes. */
  readonly place: number | tf.Scalar;
  /** Of all gradients, in the order of places. */
  readonly names: readonly string[];
}

export interface NumberWatchOptions {
  readonly engine: Engine;
  readonly model: tf.LayersModel;
  /** What brings scalars from the device. */
  readonly ring: ScalarRing;
  readonly listener: NumberListener;
}

/** One per rank. */
export class NumberWatch {
  private readonly options: NumberWatchOptions;
  private wantedCount = 0;
  private nextStep = firstStep;
  private afterOverflowCount = 0;
  private readonly underWay = new Set<Promise<void>>();

  constructor(options: NumberWatchOptions) {
    this.options = options;
  }

  /** So many of the next steps are counted. */
  ask(stepCount: number): void {
    this.wantedCount = Math.max(this.wantedCount, stepCount);
  }

  /** A step begins: what looks at it, or null where it is not counted. A step that is timed is not. */
  begin(step: number): NumberLook | null {
    const { engine, model } = this.options;
    const isDue = step >= this.nextStep && (engine.ledger?.heldBytes ?? 0) <= mostBytesUnasked;
    if (engine.backend?.timing.isUnderWay === true || (this.wantedCount === 0 && !isDue)) return null;
    if (isDue) this.nextStep = Math.max(this.nextStep * growth, step + 1);
    else this.wantedCount--;
    return new NumberLook(engine, model, step);
  }

  /** Its work is queued; nobody waits for what was counted. */
  end(look: NumberLook, lossScale: number | tf.Scalar | null): void {
    this.follow(
      look.read(lossScale).then(({ lines, overflow }) => {
        this.options.listener.lines(lines);
        if (overflow !== null) this.tell({ step: look.step, ...overflow, isSkipped: false });
      }),
    );
  }

  /** Every step under a loss scale ends with this. */
  checked(step: number, { place, names }: GradientOverflow): void {
    if (place === 0) return;
    const arriving = typeof place === 'number' ? Promise.resolve(place) : this.options.ring.push(place);
    this.follow(
      arriving.then((found) => {
        const name = names[found - 1];
        if (name !== undefined) this.tell({ step, kind: 'gradient', name, isSkipped: true });
      }),
    );
  }

  /** Resolves when everything that was found has been told. */
  async settle(): Promise<void> {
    this.options.ring.flush();
    while (this.underWay.size > 0) await Promise.all(this.underWay);
  }

  private tell(overflow: Overflow): void {
    this.options.listener.overflow(overflow);
    if (this.afterOverflowCount >= mostAfterOverflow) return;
    this.afterOverflowCount++;
    this.ask(1);
  }

  /** Where the device is lost every step says so. */
  private follow(work: Promise<void>): void {
    const followed = work
      .catch(() => undefined)
      .finally(() => {
        this.underWay.delete(followed);
      });
    this.underWay.add(followed);
  }
}
