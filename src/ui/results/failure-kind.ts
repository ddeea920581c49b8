// Whose failure it is decides how its card looks and what it advises: the program's, the device's, or ours.

import type { PlainKey } from '../../i18n/messages-en.ts';

/** `program`: something to change in the text; `device`: the GPU or a worker went away; `bug`: a mistake of the page. */
export type FailureKind = 'program' | 'device' | 'bug';

interface FailureWords {
  readonly kind: FailureKind;
  readonly title: PlainKey;
  readonly advice: PlainKey;
}

const words: Readonly<Record<string, FailureWords>> = {
  'program-syntax': { kind: 'program', title: 'failure.syntax', advice: 'failure.syntaxAdvice' },
  'program-import': { kind: 'program', title: 'failure.import', advice: 'failure.importAdvice' },
  'program-threw': { kind: 'program', title: 'failure.threw', advice: 'failure.threwAdvice' },
  'program-invalid': { kind: 'program', title: 'failure.invalid', advice: 'failure.invalidAdvice' },
  'config-invalid': { kind: 'program', title: 'failure.config', advice: 'failure.configAdvice' },
  'data-invalid': { kind: 'program', title: 'failure.data', advice: 'failure.dataAdvice' },
  'shape-mismatch': { kind: 'program', title: 'failure.shape', advice: 'failure.shapeAdvice' },
  'not-finite': { kind: 'program', title: 'failure.notFinite', advice: 'failure.notFiniteAdvice' },
  'not-supported': { kind: 'program', title: 'failure.notSupported', advice: 'failure.notSupportedAdvice' },
  deadlock: { kind: 'program', title: 'failure.deadlock', advice: 'failure.deadlockAdvice' },
  'device-lost': { kind: 'device', title: 'failure.deviceLost', advice: 'failure.deviceLostAdvice' },
  'device-unavailable': { kind: 'device', title: 'failure.noDevice', advice: 'failure.noDeviceAdvice' },
  'device-changed': { kind: 'device', title: 'failure.deviceChanged', advice: 'failure.deviceChangedAdvice' },
  'worker-died': { kind: 'device', title: 'failure.workerDied', advice: 'failure.workerDiedAdvice' },
  'rank-lost': { kind: 'device', title: 'failure.rankLost', advice: 'failure.rankLostAdvice' },
  'replicas-differ': { kind: 'bug', title: 'failure.replicasDiffer', advice: 'failure.replicasDifferAdvice' },
};

/** The words for a code; an unknown one is our own mistake. */
export function failureWords(code: string): FailureWords {
  return words[code] ?? { kind: 'bug', title: 'failure.bug', advice: 'failure.bugAdvice' };
}
