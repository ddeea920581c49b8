// Data that a program's text holds as a literal, read without running anything: an array or an object made of strings, numbers, true,
// false and null. Anything else, a name or a sum, is no literal, and then nothing is known.

/** Comments and spaces, strings without escapes, keys, words, numbers, punctuation, anything else. */
const tokens =
  /(\s+|\/\/[^\n]*|\/\*.*?\*\/)|(['"`])((?:(?!\2)[^\\\n])*)\2|([A-Za-z_$][\w$]*)(?=\s*:)|(true|false|null)\b|(-?\d[\w.]*)|([[\]{},:])|(.)/gsu;

/** The literal at the beginning of `text` as JSON; null where it holds anything but literals, or does not end. */
export function literalAsJson(text: string): string | null {
  let json = '';
  let depth = 0;
  for (const [whole, blank, quote, string, key, word, number, mark] of text.matchAll(tokens)) {
    if (blank !== undefined) continue;
    if (string !== undefined) {
      if (quote === '`' && string.includes('${')) return null;
      json += JSON.stringify(string);
    } else if (key !== undefined) json += JSON.stringify(key);
    else if (word !== undefined) json += word;
    else if (number !== undefined) json += String(Number(number.replaceAll('_', '')));
    else if (mark === undefined) return null;
    else if (whole === ']' || whole === '}') json = json.replace(/,$/u, '') + whole;
    else json += whole;
    depth += whole === '[' || whole === '{' ? 1 : whole === ']' || whole === '}' ? -1 : 0;
    if (depth === 0) return json;
  }
  return null;
}
