// What people type for a number.

/** A number as JavaScript reads it, or a power such as `2^-24`, `-3*2^10`; null for anything else. */
export function readNumber(text: string): number | null {
  const trimmed = text.trim().replace('−', '-');
  const power = /^(?:(?<factor>-?[\d.]+)\s*[*×]\s*)?(?<sign>-?)2\^(?<exponent>-?\d+)$/u.exec(trimmed)?.groups;
  const number =
    power === undefined ? Number(trimmed) : Number(power['factor'] ?? 1) * Number(`${power['sign']}1`) * 2 ** Number(power['exponent']);
  if (trimmed === '' || (Number.isNaN(number) && trimmed !== 'NaN')) return null;
  return number;
}
