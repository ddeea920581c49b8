import { describe, expect, it } from 'vitest';
import { canStorePairs, halvedDispatch } from '../../../src/engine/f16/paired-stores.ts';

const flat = { x: [0, 1] };
const ask = (name: string, userCode: string, dispatchLayout: { x: number[]; y?: number[] } = flat): boolean =>
  canStorePairs({ shaderKey: name, dispatchLayout, getUserCode: () => userCode });

describe('programs that can store pairs', () => {
  it.each([
    ['elementwise', 'fn main(index : i32) { setOutputAtIndex(index, f(A[index])); }'],
    ['a move', 'fn main(index : i32) { let flatIndex = index * 1 + i; setOutputAtIndex(flatIndex, A[g(flatIndex)]); }'],
    ['by coordinates of its own', 'fn main(index : i32) { let coords = getOutputCoords(); setOutputAtCoords(coords[0], coords[1], v); }'],
    ['straight into the buffer', 'fn main(index : i32) { result[index] = v; }'],
  ])('%s', (name, userCode) => {
    expect(ask(name, userCode)).toBe(true);
  });

  it.each([
    ['a tile of results', 'fn main(index : i32) { setOutputAtIndex(index * 4, a); setOutputAtIndex(index * 4 + 1, b); }'],
    ['a row', 'fn main(index : i32) { setOutputAtIndex(start + c, a); }'],
    ['a workgroup per result', 'fn main(index : i32) { let outputIndex = index / 64; setOutputAtIndex(outputIndex, sum); }'],
    ['coordinates from elsewhere', 'fn main(index : i32) { let coords = vec3<i32>(a, b, c); setOutputAtCoords(coords[0], coords[1], v); }'],
    ['no index', 'fn main() { setOutputAtIndex(index, v); }'],
    ['nothing', 'fn main(index : i32) { }'],
  ])('not %s', (name, userCode) => {
    expect(ask(name, userCode)).toBe(false);
  });

  it('not one whose invocations lie in two dimensions', () => {
    expect(ask('two dimensions', 'fn main(index : i32) { setOutputAtIndex(index, v); }', { x: [1], y: [0] })).toBe(false);
  });

  it('run with half the workgroups, rounded up, where these lie in one dimension', () => {
    expect([halvedDispatch([5, 1, 1]), halvedDispatch([1, 1, 1]), halvedDispatch([300, 300, 1])]).toEqual([
      [3, 1, 1],
      [1, 1, 1],
      [300, 300, 1],
    ]);
  });
});
