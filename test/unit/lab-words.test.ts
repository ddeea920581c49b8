// How many of a model's words are words.

import { describe, expect, it } from 'vitest';
import { knownWordShare } from '../../src/lab/words.ts';

const text =
  "`Curiouser and curiouser!' cried Alice (she was so much surprised, that for the moment she quite forgot how to speak good English).";

describe('the share of known words', () => {
  it('counts every word written, as often as it is written', () => {
    expect(knownWordShare(['and alice and alyce ', 'that was so mutch!'], text)).toBe(6 / 8);
  });

  it('sees no difference between capital and small letters, and none in what stands around a word', () => {
    expect(knownWordShare(['CURIOUSER-english, "She"\n  (moment)'], text)).toBe(1);
  });

  it('takes a part of a word for no word', () => {
    expect(knownWordShare(['curious surprise lice '], text)).toBe(0);
  });

  it('leaves out the word in which a passage ends, of each passage', () => {
    expect(knownWordShare(['and alice quiteforg', 'was xyz s'], text)).toBe(3 / 4);
    expect(knownWordShare(['and xyz.'], text)).toBe(1 / 2); // it ended before the passage did
  });

  it('takes an apostrophe inside of a word for a part of it, and one around it for a quotation mark', () => {
    expect(knownWordShare(["'don't' 't don t "], "I don't know, 'said she'")).toBe(1 / 4);
    expect(knownWordShare(['said she '], "I don't know, 'said she'")).toBe(1);
    expect(knownWordShare(["and don'"], "don't and")).toBe(1); // its last word has just begun
  });

  it('is 0 where no word was written', () => {
    expect(knownWordShare(['', '?!  \n', 'alice'], text)).toBe(0);
  });

  it('knows letters of every alphabet', () => {
    expect(knownWordShare(['déjà vu, Ära; '], 'Déjà ära')).toBe(2 / 3);
  });
});
