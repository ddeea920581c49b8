// Numbers as the command line prints them: few digits, units written out, nothing invented where a number is missing.

const bytesPerMegabyte = 1e6;

/** Four significant digits, in powers of ten where it is tiny or huge; a dash for null. */
export function shortNumber(value: number | null): string {
  if (value === null) return '–';
  if (value === 0 || !Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  return size < 1e-3 || size >= 1e6 ? value.toExponential(2) : String(Number(value.toPrecision(4)));
}

/** Bytes as megabytes (10⁶), three significant digits. */
export function megabytes(bytes: number | null): string {
  return bytes === null ? '–' : String(Number((bytes / bytesPerMegabyte).toPrecision(3)));
}

/** Milliseconds as `850 ms`, `12.3 s` or `2 min 05 s`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}
