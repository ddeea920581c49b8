// The edge where a replica's messages enter the page. A replica runs somebody else's code, which can get hold of its ports and
// post whatever it likes; so every field is checked and copied here, sizes are bounded, and what does not fit is dropped. A
// program can still lie about its own lane. It can do nothing else.

import { PlaygroundError } from '../core/errors.ts';
import { isRecord } from '../core/is-record.ts';
import type { ReplicaMessage } from '../rpc/replica-protocol.ts';
import type { ConsoleLevel, ConsoleLine, EvalPoint, ReplicaEvent, StepBatch } from '../train/telemetry.ts';
import { parseGpuTimes } from './checked-gpu-times.ts';
import { parsePhaseView, parseWeights } from './checked-inside.ts';
import { parseNumberLines, parseOverflow } from './checked-number-lines.ts';
import { parseSpanBatch } from './checked-spans.ts';
import { parseShownView } from './checked-view.ts';

const mostEventsPerMessage = 4096;
const mostStepsPerBatch = 65_536;
const mostMetrics = 64;
const mostNameLength = 64;
const mostTextLength = 8192;
const consoleLevels: readonly string[] = ['log', 'info', 'warn', 'error', 'debug'] satisfies readonly ConsoleLevel[];

/** A message from a replica, or null where it is none. Never throws. */
export function parseReplicaMessage(data: unknown): ReplicaMessage | null {
  if (!isRecord(data)) return null;
  if (data['type'] === 'need-bytes') {
    const name = data['name'];
    return typeof name === 'string' && /^[a-z0-9-]+\.[a-z]+$/.test(name) ? { type: 'need-bytes', name } : null;
  }
  if (data['type'] === 'device-lost') return { type: 'device-lost' };
  if (data['type'] === 'fault') return typeof data['step'] === 'number' ? { type: 'fault', step: data['step'] } : null;
  const list = data['events'];
  if (data['type'] !== 'events' || !Array.isArray(list)) return null;
  const events: ReplicaEvent[] = [];
  for (const item of list.slice(0, mostEventsPerMessage) as readonly unknown[]) {
    const event = parseEvent(item);
    if (event !== null) events.push(event);
  }
  return { type: 'events', events };
}

function parseEvent(value: unknown): ReplicaEvent | null {
  if (!isRecord(value)) return null;
  switch (value['type']) {
    case 'steps': {
      const batch = parseBatch(value['batch']);
      return batch === null ? null : { type: 'steps', batch };
    }
    case 'eval': {
      const point = parsePoint(value['point']);
      return point === null ? null : { type: 'eval', point };
    }
    case 'spans': {
      const batch = parseSpanBatch(value['batch']);
      return batch === null ? null : { type: 'spans', batch };
    }
    case 'gpu-times': {
      const times = parseGpuTimes(value['times']);
      return times === null ? null : { type: 'gpu-times', times };
    }
    case 'number-lines': {
      const lines = parseNumberLines(value['lines']);
      return lines === null ? null : { type: 'number-lines', lines };
    }
    case 'overflow': {
      const overflow = parseOverflow(value['overflow']);
      return overflow === null ? null : { type: 'overflow', overflow };
    }
    case 'console': {
      const line = parseLine(value['line']);
      return line === null ? null : { type: 'console', line };
    }
    case 'show': {
      const view = parseShownView(value['view']);
      // What is wrong with it is the program's to know, in its own console.
      return view instanceof PlaygroundError
        ? { type: 'console', line: { level: 'error', rank: 0, text: view.message } }
        : { type: 'show', view };
    }
    case 'dropped': {
      const { lineCount, viewCount } = value;
      return isAmount(lineCount) && isAmount(viewCount) ? { type: 'dropped', lineCount, viewCount } : null;
    }
    case 'weights': {
      const weights = parseWeights(value['weights']);
      return weights === null ? null : { type: 'weights', weights };
    }
    case 'inside': {
      const view = parsePhaseView(value['view']);
      return view === null ? null : { type: 'inside', view };
    }
    default:
      return null;
  }
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function parseBatch(value: unknown): StepBatch | null {
  if (!isRecord(value)) return null;
  const step = parseNumbers(value['step'], mostStepsPerBatch);
  if (step === null) return null;
  const loss = parseLogged(value['loss'], step.length);
  const stepMs = parseColumn(value['stepMs'], step.length);
  if (loss === null || stepMs === null || !isRecord(value['metrics'])) return null;
  const metrics = namedEntries(value['metrics']).flatMap(([name, column]) => {
    const numbers = parseLogged(column, step.length);
    return numbers === null ? [] : [[name, numbers] as const];
  });
  return { step, loss, stepMs, metrics: Object.fromEntries(metrics) };
}

function parsePoint(value: unknown): EvalPoint | null {
  if (!isRecord(value) || typeof value['step'] !== 'number' || !isRecord(value['values'])) return null;
  const numbers = namedEntries(value['values']).filter((entry): entry is [string, number] => typeof entry[1] === 'number');
  return { step: value['step'], values: Object.fromEntries(numbers) };
}

function parseLine(value: unknown): ConsoleLine | null {
  if (!isRecord(value)) return null;
  const { level, rank, text } = value;
  if (typeof level !== 'string' || !consoleLevels.includes(level) || typeof rank !== 'number' || typeof text !== 'string') return null;
  return { level: level as ConsoleLevel, rank, text: text.slice(0, mostTextLength) };
}

/** Metrics by name, a bounded number of them; names that every object has (`__proto__`, `constructor`) are left out. */
function namedEntries(metrics: Readonly<Record<string, unknown>>): [string, unknown][] {
  const entries = Object.entries(metrics).filter(([name]) => !(name in Object.prototype));
  return entries.slice(0, mostMetrics).map(([name, value]) => [name.slice(0, mostNameLength), value]);
}

function parseColumn(value: unknown, length: number): readonly number[] | null {
  const numbers = parseNumbers(value, length);
  return numbers !== null && numbers.length === length ? numbers : null;
}

/** A column in which a step may have logged nothing. */
function parseLogged(value: unknown, length: number): readonly (number | null)[] | null {
  if (!Array.isArray(value) || value.length !== length) return null;
  return value.every((item) => item === null || typeof item === 'number') ? value : null;
}

function parseNumbers(value: unknown, mostValues: number): readonly number[] | null {
  if (!Array.isArray(value) || value.length > mostValues) return null;
  return value.every((item) => typeof item === 'number') ? value : null;
}
