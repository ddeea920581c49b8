// How a phase of the device's time is drawn and called. Colours are those of the worker's phases where they are the same work; forward and
// backward, one colour there, are told apart by lightness, so that it can be seen without seeing colours.

import type { GpuPhase, GpuTimes } from '../../core/gpu-times.ts';
import type { PlainKey } from '../../i18n/messages-en.ts';
import type { ThemeName } from '../../state/theme.ts';
import { phaseStyle } from './phase-style.ts';

/** Phases, and what is left of a step between them. */
export type GpuShare = GpuPhase | 'between';

const ownFills: Readonly<Partial<Record<GpuShare, Readonly<Record<ThemeName, string>>>>> = {
  forward: { light: '#3d93c4', dark: '#5fb0dd' },
  backward: { light: '#00406b', dark: '#2a6f9e' },
  other: { light: '#8a929e', dark: '#6c7580' },
  between: { light: '#dfe3e8', dark: '#2e353f' },
};

/** The colour of a share on the theme's paper. */
export function gpuShareFill(share: GpuShare, theme: ThemeName): string {
  const own = ownFills[share]?.[theme];
  if (own !== undefined) return own;
  return phaseStyle(share === 'input' ? 'data' : share === 'read-back' ? 'read-back' : 'optimizer', theme).fill;
}

/** What a share is called, and what its time is. */
export const gpuShareWords: Readonly<Record<GpuShare, { readonly name: PlainKey; readonly hint: PlainKey }>> = {
  input: { name: 'timeline.gpu.input', hint: 'timeline.gpu.inputHint' },
  forward: { name: 'timeline.gpu.forward', hint: 'timeline.gpu.forwardHint' },
  backward: { name: 'timeline.gpu.backward', hint: 'timeline.gpu.backwardHint' },
  'read-back': { name: 'timeline.phase.readBack', hint: 'timeline.gpu.readBackHint' },
  update: { name: 'timeline.phase.optimizer', hint: 'timeline.gpu.updateHint' },
  other: { name: 'timeline.gpu.other', hint: 'timeline.gpu.otherHint' },
  between: { name: 'timeline.gpu.between', hint: 'timeline.gpu.betweenHint' },
};

/** The parts of a step in their order; what the phases leave of the whole lies between commands. */
export function sharesOf({ phases, spanMs }: GpuTimes): readonly { readonly share: GpuShare; readonly ms: number }[] {
  const inPhases = phases.reduce((sum, { ms }) => sum + ms, 0);
  return [...phases.map(({ phase, ms }) => ({ share: phase, ms })), { share: 'between' as const, ms: Math.max(0, spanMs - inPhases) }];
}
