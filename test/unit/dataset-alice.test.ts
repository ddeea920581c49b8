import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { alice } from '../../src/data/alice.ts';
import { setDatasetSource } from '../../src/data/dataset-source.ts';

const file = new URL('../../public/datasets/alice.txt', import.meta.url);

beforeAll(() => {
  setDatasetSource({ bytes: async () => Uint8Array.from(await readFile(file)).buffer });
});

describe('datasets.alice', () => {
  it('is the text that public/datasets/README.md describes', async () => {
    const text = await readFile(file, 'utf8');
    expect(createHash('sha256').update(text).digest('hex')).toBe('9f23253b172e92cc5d43cd04cc16178b89d826e078a6facec465fd312db1fcb0');
    expect(text).toHaveLength(148_331);
    expect(text.match(/^ +CHAPTER [IVX]+$/gm)).toHaveLength(12);
    expect(text.trimEnd().endsWith('THE END')).toBe(true);
  });

  it('gives windows of the text, and in y the character after each in x', async () => {
    const { train, test, characters, text } = await alice({ context: 16, stride: 5 });
    const read = async (tensor: typeof train.x, row: number) =>
      Array.from(await tensor.slice([row, 0], [1, 16]).data(), (index) => characters[index]).join('');
    expect(characters).toHaveLength(70);
    for (const row of [0, 1, 1000]) {
      expect(await read(train.x, row)).toBe(text.slice(row * 5, row * 5 + 16));
      expect(await read(train.y, row)).toBe(text.slice(row * 5 + 1, row * 5 + 17));
    }
    const trainEnd = Math.floor(text.length * 0.9);
    expect(await read(test.x, 3)).toBe(text.slice(trainEnd + 48, trainEnd + 64));
    // The last window that is followed by a character is there, and no other.
    expect(train.x.shape).toEqual([Math.floor((trainEnd - 17) / 5) + 1, 16]);
    expect(test.x.shape).toEqual([Math.floor((text.length - trainEnd - 1) / 16), 16]);
  });

  it('refuses options that make no sense', async () => {
    await expect(alice({ context: 0 })).rejects.toMatchObject({
      code: 'data-invalid',
      message: expect.stringContaining('datasets.alice.context'),
    });
  });
});
