// Sizes of the page's parts and of its type: kept, within limits, and gone when they are reset.

import { describe, expect, it } from 'vitest';
import { createPaneSizes } from '../../src/state/pane-sizes.ts';
import { createPresentation } from '../../src/state/presentation.ts';
import { createStorage } from '../../src/state/storage.ts';

function storageOver(kept: Map<string, string>) {
  return createStorage(() => ({
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  }));
}

describe('sizes of panes', () => {
  it("are the page's own until somebody chooses, and then survive a reload", () => {
    const kept = new Map<string, string>();
    const panes = createPaneSizes(storageOver(kept));
    expect(panes.chosen['chart-height'].value).toBeNull();
    panes.set('chart-height', 320);
    panes.set('editor-share', 33.5);
    const again = createPaneSizes(storageOver(kept));
    expect([again.chosen['chart-height'].value, again.chosen['editor-share'].value, again.chosen['tabs-height'].value]).toEqual([
      320,
      33.5,
      null,
    ]);
  });

  it('stay within their limits, also when storage says otherwise, and nonsense changes nothing', () => {
    const kept = new Map([
      ['lockstep.editor-share', '400'],
      ['lockstep.tabs-height', 'tall'],
    ]);
    const panes = createPaneSizes(storageOver(kept));
    expect([panes.chosen['editor-share'].value, panes.chosen['tabs-height'].value]).toEqual([70, null]);
    panes.set('editor-share', -5);
    panes.set('tabs-height', Number.NaN);
    expect([panes.chosen['editor-share'].value, panes.chosen['tabs-height'].value]).toEqual([20, null]);
  });

  it('leave nothing behind when they are reset', () => {
    const kept = new Map<string, string>();
    const panes = createPaneSizes(storageOver(kept));
    panes.set('tabs-height', 300);
    panes.reset('tabs-height');
    expect([panes.chosen['tabs-height'].value, kept.size]).toEqual([null, 0]);
  });
});

describe('presentation size', () => {
  it('is applied at once, kept while it is large, and forgotten when it is not', () => {
    const kept = new Map<string, string>();
    const applied: boolean[] = [];
    const presentation = createPresentation(storageOver(kept), (isLarge) => applied.push(isLarge));
    presentation.toggle();
    createPresentation(storageOver(kept), (isLarge) => applied.push(isLarge));
    presentation.toggle();
    expect(applied).toEqual([false, true, true, false]);
    expect(kept.size).toBe(0);
  });
});
