// The text of a lane list as fields, and back. It splits without judging, so that a text that is no list yet still has its fields, and
// a field that holds nonsense still has its place in the text; whether the text means lanes is for `parseLaneList` alone to say.

import type { PrecisionMode } from '../core/precision/precision-mode.ts';
import { isPrecision, precisionMode } from '../core/precision/precision-modes.ts';
import { escapeLabel, largestWorldSize } from '../train/lane.ts';

const virtualWords = ['virtual'];

/** One lane as its fields hold it: texts as typed. */
export interface LaneDraft {
  readonly worldSize: string;
  readonly precision: string;
  /** Null where the lane leaves it out. */
  readonly lossScale: string | null;
  /** Empty where the short form is the label. */
  readonly label: string;
  /** Options that have no field, as they stand in the text. */
  readonly rest: readonly string[];
}

/** The fields of every lane of a text; none for an empty one. */
export function readDrafts(text: string): readonly LaneDraft[] {
  return text.trim() === '' ? [] : text.split(',').map((part) => readDraft(part.trim()));
}

/** The text of these fields. */
export function writeDrafts(drafts: readonly LaneDraft[]): string {
  return drafts.map(writeDraft).join(', ');
}

/** What stands behind `key=` in a lane's other options, in order; none where it is left out. */
export function optionTexts({ rest }: LaneDraft, key: string): readonly string[] {
  return rest.flatMap((option) => (option.startsWith(`${key}=`) ? [option.slice(key.length + 1)] : []));
}

/** The other options with these texts behind `key=`, in the place of those that were there. */
export function withOption(draft: LaneDraft, key: string, texts: readonly string[]): Pick<LaneDraft, 'rest'> {
  return replaced(
    draft,
    (option) => option.startsWith(`${key}=`),
    texts.map((text) => `${key}=${text}`),
  );
}

/** The word among `words` that a lane has as an option, such as `ring`; null where it has none. */
export function wordOf({ rest }: LaneDraft, words: readonly string[]): string | null {
  return rest.find((option) => words.includes(option)) ?? null;
}

/** The other options with this word in the place of any of `words`; null takes it out. */
export function withWord(draft: LaneDraft, words: readonly string[], word: string | null): Pick<LaneDraft, 'rest'> {
  return replaced(draft, (option) => words.includes(option), word === null ? [] : [word]);
}

/** Whether its ranks are virtual. */
export function isVirtual(draft: LaneDraft): boolean {
  return wordOf(draft, virtualWords) !== null;
}

/** What changes where its ranks become virtual, or no longer are; their number then fits the workers there can be. */
export function withVirtual(draft: LaneDraft, isOn: boolean): Partial<LaneDraft> {
  const { rest } = withWord(draft, virtualWords, isOn ? 'virtual' : null);
  return isOn || !(Number(draft.worldSize) > largestWorldSize) ? { rest } : { rest, worldSize: String(largestWorldSize) };
}

/** The mode of its precision; fp32's where the field holds no name of one. */
export function modeOf({ precision }: Pick<LaneDraft, 'precision'>): PrecisionMode {
  return precisionMode(isPrecision(precision) ? precision : 'fp32');
}

/** How its loss is scaled, said or not: `dynamic`, `off`, or the text of a factor. */
export function lossScaleOf(draft: Pick<LaneDraft, 'precision' | 'lossScale'>): string {
  return draft.lossScale ?? (modeOf(draft).isLossScaled ? 'dynamic' : 'off');
}

/** What changes where it is to train in another mode: a loss scale is kept where the new one takes it, and where it was said. */
export function withPrecision(draft: LaneDraft, precision: string): Pick<LaneDraft, 'precision' | 'lossScale' | 'rest'> {
  const lossScale = modeOf({ precision }).format === 'fp32' ? null : draft.lossScale;
  return { precision, ...withLossScale(draft, lossScale, lossScaleOf({ precision, lossScale }) === 'dynamic') };
}

/** What changes where the loss is scaled in another way, or (null) as its precision has it: only a dynamic scale begins somewhere and moves. */
export function withLossScale({ rest }: LaneDraft, lossScale: string | null, isScaled: boolean): Pick<LaneDraft, 'lossScale' | 'rest'> {
  const isDynamic = isScaled && (lossScale === null || lossScale === 'dynamic');
  return { lossScale, rest: isDynamic ? rest : rest.filter((option) => !/^(?:initScale|growthInterval)=/u.test(option)) };
}

/** New options stand where the first old one stood, so that the text does not jump about while somebody edits. */
function replaced({ rest }: LaneDraft, isOld: (option: string) => boolean, options: readonly string[]): Pick<LaneDraft, 'rest'> {
  const first = rest.findIndex(isOld);
  const place = first === -1 ? rest.length : first;
  return { rest: [...rest.slice(0, place), ...options, ...rest.slice(place).filter((option) => !isOld(option))] };
}

function readDraft(part: string): LaneDraft {
  const [head = '', ...options] = part.split('+');
  const separator = head.indexOf('x');
  const valueOf = (key: string): string | null => options.find((option) => option.startsWith(`${key}=`))?.slice(key.length + 1) ?? null;
  return {
    worldSize: separator === -1 ? head : head.slice(0, separator),
    precision: separator === -1 ? '' : head.slice(separator + 1),
    lossScale: valueOf('lossScale'),
    label: unescape(valueOf('label') ?? ''),
    rest: options.filter((option) => !/^(?:lossScale|label)=/u.test(option)),
  };
}

function writeDraft({ worldSize, precision, lossScale, label, rest }: LaneDraft): string {
  const head = precision === '' ? worldSize : `${worldSize}x${precision}`;
  const options = [...rest];
  if (lossScale !== null) options.push(`lossScale=${lossScale}`);
  if (label !== '') options.push(`label=${escapeLabel(label)}`);
  return [head, ...options].join('+');
}

function unescape(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Wrongly escaped: the field shows it as it is, and parsing the list names it.
    return text;
  }
}
