// How the tensors of an update lie in their buffers, and WGSL that reads and writes them four values at a time, or one. A weight that is kept in f16
// always goes by fours, because its buffer is padded to them; where four does not divide its size, f32 tensors beside it are read value by value.

import { decodeF16Function, encodeF16Function } from '../../f16/encode-wgsl.ts';

/** Values, fours of them, fours of which the last may be incomplete (`ragged`), or fours in 16 bits. */
export type StoredAs = 'f32' | 'vec4' | 'ragged' | 'f16';

/** A buffer that an update binds. */
export interface UpdateBuffer {
  readonly name: string;
  readonly storedAs: StoredAs;
  readonly isWritten: boolean;
}

const elementTypes = { f32: 'f32', vec4: 'vec4<f32>', ragged: 'f32', f16: 'vec2<u32>' } as const;

/** WGSL of a binding's variable. */
export function bindingWgsl({ name, storedAs, isWritten }: UpdateBuffer): string {
  return `var<storage, ${isWritten ? 'read_write' : 'read'}> ${name}: array<${elementTypes[storedAs]}>;`;
}

/** WGSL of the functions `load_NAME(i)` and, for what is written, `store_NAME(i, v)`. They know the size of a ragged buffer from `uniforms.size`. */
export function accessWgsl(buffers: readonly UpdateBuffer[]): string {
  const hasF16 = buffers.some(({ storedAs }) => storedAs === 'f16');
  const functions = buffers.flatMap(({ name, storedAs, isWritten }) => {
    const { type, load, store } = access(name, storedAs);
    const stores = isWritten ? [`fn store_${name}(i: u32, v: ${type}) { ${store} }`] : [];
    return [`fn load_${name}(i: u32) -> ${type} { ${load} }`, ...stores];
  });
  return [...(hasF16 ? [encodeF16Function, decodeF16Function] : []), ...functions].join('\n');
}

interface Access {
  readonly type: 'f32' | 'vec4<f32>';
  readonly load: string;
  readonly store: string;
}

function access(name: string, storedAs: StoredAs): Access {
  if (storedAs === 'f16') return { type: 'vec4<f32>', load: `return decodeF16(${name}[i]);`, store: `${name}[i] = encodeF16(v);` };
  if (storedAs !== 'ragged') return { type: elementTypes[storedAs], load: `return ${name}[i];`, store: `${name}[i] = v;` };
  const each = (body: string) => `for (var c = 0u; c < 4u && i * 4u + c < uniforms.size; c++) { ${body} }`;
  return {
    type: 'vec4<f32>',
    load: `var v = vec4<f32>(0.0); ${each(`v[c] = ${name}[i * 4u + c];`)} return v;`,
    store: each(`${name}[i * 4u + c] = v[c];`),
  };
}
