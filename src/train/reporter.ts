// Who tells the page. All ranks of a lane compute the same loss, so rank 0 speaks for them; the ranks of an elastic lane remember what they
// would have said, because rank 0 may be lost before its last words have left it. No step and no evaluation is told twice.

import type { EventStream, StepRecord } from './event-stream.ts';

/** The last step and the last evaluation that the page has heard of; 0 for none. */
export interface Reported {
  readonly reportedStep: number;
  readonly evaluatedStep: number;
}

/** More than a slice has (runner/schedule.ts): at its end the page has everything. */
const mostRemembered = 256;

/** One per rank. */
export class Reporter {
  private readonly events: EventStream;
  private readonly isElastic: boolean;
  private isSpeaker: boolean;
  private reported: Reported = { reportedStep: -1, evaluatedStep: -1 };
  private readonly remembered: StepRecord[] = [];

  constructor(events: EventStream, rank: number, isElastic: boolean) {
    this.events = events;
    this.isSpeaker = rank === 0;
    this.isElastic = isElastic;
  }

  step(record: StepRecord): void {
    if (this.isElastic && this.remembered.push(record) > mostRemembered) this.remembered.shift();
    if (this.isSpeaker && record.step > this.reported.reportedStep) this.events.step(record);
  }

  evaluation(step: number, values: Readonly<Record<string, number>>): void {
    if (!this.isSpeaker || step <= this.reported.evaluatedStep) return;
    this.events.evaluation(step, values);
    if (this.isElastic) this.events.flush(); // nobody else has evaluated
  }

  /** The rank is another one from now on, and the page has heard so much. */
  goOn(rank: number, reported: Reported): void {
    this.isSpeaker = rank === 0;
    this.reported = reported;
  }

  /** Tells the page of the steps after `step` that this rank has taken, whoever should have. */
  tellAfter(step: number): void {
    for (const record of this.remembered) if (record.step > step) this.events.step(record);
    this.events.flush();
  }
}
