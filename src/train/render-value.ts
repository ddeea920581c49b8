// Console arguments as text, rendered in the worker: tensors as shape, dtype and seven significant digits, errors as their
// message, other objects as short JSON. Rendering a tensor reads it back only when its values already lie on the host; else it
// shows shape and dtype and the read-back follows asynchronously.

import { tf } from '../engine/tf.ts';

const mostCharacters = 4000;
const mostValues = 32;

/** One console call as text. May wait for tensors to be read back. */
export async function renderArguments(values: readonly unknown[]): Promise<string> {
  const texts = await Promise.all(values.map((value) => renderValue(value)));
  return cut(texts.join(' '));
}

/** One console call without tensors as text, at once. */
export function renderAtOnce(values: readonly unknown[]): string {
  return cut(values.map(renderPlain).join(' '));
}

/** True where a value needs a read-back to be rendered. */
export function needsReadBack(value: unknown): boolean {
  return value instanceof tf.Tensor;
}

/** Anything but a tensor, at once. */
export function renderPlain(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (typeof value === 'function') return `function ${value.name}`;
  if (ArrayBuffer.isView(value) && !(value instanceof DataView))
    return renderNumbers(value as unknown as ArrayLike<number>, value.constructor.name);
  if (typeof value === 'object' && value !== null) return renderObject(value);
  return String(value);
}

async function renderValue(value: unknown): Promise<string> {
  if (!(value instanceof tf.Tensor)) return renderPlain(value);
  const head = `Tensor ${value.dtype} [${value.shape.join(', ')}]`;
  if (value.isDisposed) return `${head} (disposed)`;
  const copy = value.clone(); // the program may dispose its own before the values arrive
  try {
    const data = await copy.data();
    return renderNumbers(data, head);
  } finally {
    copy.dispose();
  }
}

function renderNumbers(values: ArrayLike<number>, head: string): string {
  const shown = Array.from({ length: Math.min(values.length, mostValues) }, (_, index) => formatNumber(values[index]));
  const rest = values.length > mostValues ? `, … ${values.length - mostValues} more` : '';
  return `${head} [${shown.join(', ')}${rest}]`;
}

function formatNumber(value: number | string | boolean | undefined): string {
  return typeof value === 'number' ? String(Number(value.toPrecision(7))) : String(value);
}

function renderObject(value: object): string {
  const seen = new Set<unknown>();
  try {
    const text = JSON.stringify(value, (_key, field: unknown) => {
      if (field instanceof tf.Tensor) return `Tensor ${field.dtype} [${field.shape.join(', ')}]`;
      if (typeof field === 'bigint') return `${field}n`;
      if (typeof field === 'function') return `function ${field.name}`;
      if (typeof field === 'object' && field !== null) {
        if (seen.has(field)) return '(seen above)';
        seen.add(field);
      }
      return field;
    });
    return cut(text ?? 'undefined');
  } catch (error) {
    return `(an object that cannot be shown: ${error instanceof Error ? error.message : String(error)})`;
  }
}

function cut(text: string): string {
  return text.length <= mostCharacters ? text : `${text.slice(0, mostCharacters)} … (${text.length - mostCharacters} more characters)`;
}
