// The file format of `public/datasets/*.bin`: a header of ten little-endian 32-bit words, then the body, gzip-compressed (a fifth of
// its size for MNIST; browsers and Node inflate it without a library). The header stays readable, so that the packer can see whether a
// file is up to date. Body: labels of the training images, labels of the test images, pixels of the training images, pixels of the
// test images; a byte each, images row by row.

import { PlaygroundError } from '../core/errors.ts';

/** What a header says. */
export interface PackHeader {
  readonly isCompressed: boolean;
  readonly trainCount: number;
  readonly testCount: number;
  readonly rows: number;
  readonly columns: number;
  readonly classCount: number;
  /** Bytes after the header, as stored. */
  readonly bodyBytes: number;
  /** Tells one source, and one way of packing it, from another. */
  readonly sourceTag: number;
}

/** Images and labels of one split; pixels are (count, rows, columns), 0 to 255. */
export interface PackedImages {
  readonly count: number;
  readonly labels: Uint8Array;
  readonly pixels: Uint8Array;
}

/** An unpacked file. */
export interface ImagePack {
  readonly rows: number;
  readonly columns: number;
  readonly classCount: number;
  readonly train: PackedImages;
  readonly test: PackedImages;
}

/** Bytes before the body. */
export const packHeaderBytes = 40;

const magic = 0x4450534c; // "LSPD"
const version = 1;

/** A header's bytes. */
export function writePackHeader(header: PackHeader): Uint8Array<ArrayBuffer> {
  const { isCompressed, trainCount, testCount, rows, columns, classCount, bodyBytes, sourceTag } = header;
  const words = [magic, version, isCompressed ? 1 : 0, trainCount, testCount, rows, columns, classCount, bodyBytes, sourceTag];
  const view = new DataView(new ArrayBuffer(packHeaderBytes));
  words.forEach((word, index) => view.setUint32(4 * index, word, true));
  return new Uint8Array(view.buffer);
}

/** Reads a header; null where these bytes do not begin with one of this version. */
export function readPackHeader(bytes: ArrayBuffer): PackHeader | null {
  if (bytes.byteLength < packHeaderBytes) return null;
  const view = new DataView(bytes);
  const word = (index: number): number => view.getUint32(4 * index, true);
  if (word(0) !== magic || word(1) !== version) return null;
  return {
    isCompressed: word(2) === 1,
    trainCount: word(3),
    testCount: word(4),
    rows: word(5),
    columns: word(6),
    classCount: word(7),
    bodyBytes: word(8),
    sourceTag: word(9),
  };
}

/** The same file with its body uncompressed: done once on the page, its replicas need not each do it. Rejects with `data-invalid`. */
export async function inflatePack(bytes: ArrayBuffer): Promise<ArrayBuffer> {
  const header = checkedHeader(bytes);
  if (!header.isCompressed) return bytes;
  const compressed = new Blob([new Uint8Array(bytes, packHeaderBytes)]).stream();
  const body = new Uint8Array(await new Response(compressed.pipeThrough(new DecompressionStream('gzip'))).arrayBuffer());
  const inflated = new Uint8Array(packHeaderBytes + body.length);
  inflated.set(writePackHeader({ ...header, isCompressed: false, bodyBytes: body.length }));
  inflated.set(body, packHeaderBytes);
  return inflated.buffer;
}

/** Unpacks a file; labels and pixels are views. Rejects with `data-invalid` where it is damaged. */
export async function readImagePack(bytes: ArrayBuffer): Promise<ImagePack> {
  const inflated = await inflatePack(bytes);
  const header = checkedHeader(inflated);
  const { trainCount, testCount, rows, columns, classCount } = header;
  const imageBytes = rows * columns;
  const expectedBytes = (trainCount + testCount) * (1 + imageBytes);
  if (header.bodyBytes !== expectedBytes) throw damaged(`${expectedBytes} bytes of images`, `${header.bodyBytes}`);
  let offset = packHeaderBytes;
  const take = (length: number): Uint8Array => {
    const view = new Uint8Array(inflated, offset, length);
    offset += length;
    return view;
  };
  const trainLabels = take(trainCount);
  const testLabels = take(testCount);
  const trainPixels = take(trainCount * imageBytes);
  const testPixels = take(testCount * imageBytes);
  return {
    rows,
    columns,
    classCount,
    train: { count: trainCount, labels: trainLabels, pixels: trainPixels },
    test: { count: testCount, labels: testLabels, pixels: testPixels },
  };
}

function checkedHeader(bytes: ArrayBuffer): PackHeader {
  const header = readPackHeader(bytes);
  if (header === null) throw damaged('a packed dataset of version 1', `${bytes.byteLength} other bytes`);
  if (bytes.byteLength === packHeaderBytes + header.bodyBytes) return header;
  throw damaged(`${packHeaderBytes + header.bodyBytes} bytes`, `${bytes.byteLength}`);
}

function damaged(expected: string, got: string): PlaygroundError {
  return new PlaygroundError('data-invalid', `dataset file: expected ${expected}, got ${got}. Build again; the build packs the datasets.`);
}
