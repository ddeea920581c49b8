// What an answer looks like on the wire, and how an error travels in it. comlink would send an Error's message, name and stack
// only; its `throw` handler is replaced on the serving side so that a whole WireError goes across.

import { transferHandlers } from 'comlink';
import { fromWire, toWire } from '../core/errors.ts';
import type { WireError } from '../core/errors.ts';

interface Thrown {
  readonly value: unknown;
}

const throwHandlerName = 'throw';

/** `{ id, type: 'RAW', value }`: a plain, structured-cloned value. */
export function isPlainAnswer(data: unknown): boolean {
  return hasId(data) && data['type'] === 'RAW';
}

/** `{ id, type: 'HANDLER', name: 'throw', value: WireError }`: the call threw. */
export function isErrorAnswer(data: unknown): boolean {
  return hasId(data) && data['type'] === 'HANDLER' && data['name'] === throwHandlerName && isWireError(data['value']);
}

/** The error a rejected call stands for. */
export function readErrorAnswer(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** Makes thrown errors keep code, details and cause. Both ends call it once, by importing connect or serve. */
export function installErrorTransfer(): void {
  const stock = transferHandlers.get(throwHandlerName);
  if (stock === undefined) throw new Error('comlink: no `throw` transfer handler. This file was written for comlink 4.4.');
  transferHandlers.set(throwHandlerName, {
    canHandle: (value): value is Thrown => stock.canHandle(value),
    serialize: (thrown: Thrown) => [toWire(thrown.value), []],
    deserialize: (wire: WireError) => {
      throw fromWire(wire);
    },
  });
}

installErrorTransfer();

function hasId(data: unknown): data is Readonly<Record<string, unknown>> {
  return typeof data === 'object' && data !== null && typeof (data as { id?: unknown }).id === 'string';
}

function isWireError(value: unknown): value is WireError {
  if (typeof value !== 'object' || value === null) return false;
  const wire = value as Readonly<Record<string, unknown>>;
  const hasTexts = typeof wire['name'] === 'string' && typeof wire['message'] === 'string' && typeof wire['stack'] === 'string';
  const hasCode = wire['code'] === null || typeof wire['code'] === 'string';
  const hasDetails = typeof wire['details'] === 'object' && wire['details'] !== null;
  return hasTexts && hasCode && hasDetails && (wire['cause'] === null || isWireError(wire['cause']));
}
