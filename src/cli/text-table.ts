// Tables in a terminal: columns padded to their widest cell, numbers to the right, a rule under the head. Widths count what the
// terminal shows: a Chinese character takes two columns.

/** A cell that is missing prints as a dash. */
export type Cell = string | number | null;

/** Lines of a table; a column of nothing but numbers is aligned to the right. */
export function formatTable(columns: readonly string[], rows: readonly (readonly Cell[])[]): readonly string[] {
  const texts = rows.map((row) => columns.map((_, index) => cellText(row[index] ?? null)));
  const widths = columns.map((column, index) => Math.max(displayWidth(column), ...texts.map((row) => displayWidth(row[index] ?? ''))));
  const alignsRight = columns.map((_, index) => texts.length > 0 && texts.every((row) => isNumberOrDash(row[index] ?? '')));
  const line = (cells: readonly string[]): string => {
    return cells
      .map((cell, index) => pad(cell, widths[index] ?? 0, alignsRight[index] === true))
      .join('  ')
      .trimEnd();
  };
  return [line(columns), widths.map((width) => '─'.repeat(width)).join('  '), ...texts.map(line)];
}

/** Terminal columns a text takes: two for the wide characters of East Asian scripts and emoji, none for combining marks. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/\p{Mark}/u.test(character)) continue;
    width += /[ᄀ-ᅟ⺀-꓏가-힣豈-﫿︰-﹯＀-｠￠-￦\u{1F300}-\u{1FAFF}\u{20000}-\u{3FFFD}]/u.test(character) ? 2 : 1;
  }
  return width;
}

function cellText(cell: Cell): string {
  if (cell === null) return '–';
  if (typeof cell === 'string') return cell.replaceAll(/\s+/g, ' ');
  return Number.isInteger(cell) ? String(cell) : String(Number(cell.toPrecision(7)));
}

function isNumberOrDash(text: string): boolean {
  return text === '–' || (text !== '' && Number.isFinite(Number(text))) || /^(NaN|-?Infinity)$/.test(text);
}

function pad(text: string, width: number, isRight: boolean): string {
  const space = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return isRight ? space + text : text + space;
}
