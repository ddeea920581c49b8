// A measure of spelling: which share of the words that a model wrote are words at all, as far as a text knows them.

/**
 * The share of all words in these passages, 0 to 1, that occur in `text`. Words are runs of letters, capital or small, and an apostrophe
 * between two letters is one of theirs: “don't” is a word, its t is not. A passage's last word does not count where the passage ends in it,
 * because it may have been cut off. 0 where there are no words.
 */
export function knownWordShare(passages: readonly string[], text: string): number {
  const known = new Set(wordsOf(text));
  const words = passages.flatMap((passage) => wordsOf(passage.replace(/[\p{L}']+$/u, '')));
  return words.length === 0 ? 0 : words.filter((word) => known.has(word)).length / words.length;
}

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/\p{L}+(?:'\p{L}+)*/gu) ?? [];
}
