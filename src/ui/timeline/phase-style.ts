// How a phase is drawn: Okabe and Ito's colours ("Color Universal Design", 2008), one per kind of work. Waiting has no colour of its own: it
// is the stripes of what it belongs to, so that it can be told apart without seeing colours.

import type { PlainKey } from '../../i18n/messages-en.ts';
import type { ThemeName } from '../../state/theme.ts';
import type { SpanPhase } from '../../train/span-phases.ts';

/** `ink` is for text on `fill`. */
export interface PhaseStyle {
  readonly fill: string;
  readonly ink: string;
  readonly isStriped: boolean;
}

type Colours = Readonly<Record<ThemeName, readonly [fill: string, ink: string]>>;

const dataColours: Colours = { light: ['#56b4e9', '#08202e'], dark: ['#8fcdf2', '#08202e'] };
const computeColours: Colours = { light: ['#0072b2', '#ffffff'], dark: ['#3d93c4', '#041019'] };
const readColours: Colours = { light: ['#e69f00', '#231800'], dark: ['#f0b73a', '#231800'] };
const reduceColours: Colours = { light: ['#d55e00', '#170800'], dark: ['#e57a3c', '#170800'] };
const uploadColours: Colours = { light: ['#cc79a7', '#240a18'], dark: ['#dd93bb', '#240a18'] };
const updateColours: Colours = { light: ['#009e73', '#001209'], dark: ['#1fbf92', '#001209'] };
const stepColours: Colours = { light: ['#eceef2', '#1c2128'], dark: ['#232830', '#e3e7ec'] };

const coloursOf: Readonly<Record<SpanPhase, Colours>> = {
  step: stepColours,
  data: dataColours,
  'forward-backward': computeColours,
  device: computeColours,
  'read-back': readColours,
  reduce: reduceColours,
  wait: reduceColours,
  upload: uploadColours,
  optimizer: updateColours,
};

/** The style of a phase on the theme's paper. */
export function phaseStyle(phase: SpanPhase, theme: ThemeName): PhaseStyle {
  const [fill, ink] = coloursOf[phase][theme];
  return { fill, ink, isStriped: phase === 'device' || phase === 'wait' };
}

/** What a phase is called, and what its time is. */
export const phaseWords: Readonly<Record<SpanPhase, { readonly name: PlainKey; readonly hint: PlainKey }>> = {
  step: { name: 'timeline.phase.step', hint: 'timeline.phase.stepHint' },
  data: { name: 'timeline.phase.data', hint: 'timeline.phase.dataHint' },
  'forward-backward': { name: 'timeline.phase.compute', hint: 'timeline.phase.computeHint' },
  device: { name: 'timeline.phase.device', hint: 'timeline.phase.deviceHint' },
  'read-back': { name: 'timeline.phase.readBack', hint: 'timeline.phase.readBackHint' },
  reduce: { name: 'timeline.phase.reduce', hint: 'timeline.phase.reduceHint' },
  wait: { name: 'timeline.phase.wait', hint: 'timeline.phase.waitHint' },
  upload: { name: 'timeline.phase.upload', hint: 'timeline.phase.uploadHint' },
  optimizer: { name: 'timeline.phase.optimizer', hint: 'timeline.phase.optimizerHint' },
};
