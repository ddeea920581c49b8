// The page's keys outside of the editor (which has its own for the same verbs), and their list for the help. Ctrl+S and F6 belong
// to the page wherever the focus is: the browser's own save dialog is never what one wants here.

import type { PlainKey } from '../i18n/messages-en.ts';
import type { PageVerbs } from './page-verbs.ts';

/** One line of the help: keys as people write them, and what they do. */
export interface Shortcut {
  readonly keys: readonly string[];
  readonly action: PlainKey;
}

const isApple = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.userAgent);
const command = isApple ? '⌘' : 'Ctrl';

/** Keys of the run's controls, as written on their buttons. F9 is free in browsers and in the editor. */
export const runKeys = `${command} Enter`;
export const pauseKeys = 'F9';
export const stepKeys = 'Shift F9';
export const resetKeys = `${command} Shift .`;

/** Every key the help names. */
export const shortcuts: readonly Shortcut[] = [
  { keys: [runKeys, 'Shift Enter'], action: 'keys.run' },
  { keys: [`${command} .`], action: 'keys.stop' },
  { keys: [pauseKeys], action: 'keys.pause' },
  { keys: [stepKeys], action: 'keys.step' },
  { keys: [resetKeys], action: 'keys.reset' },
  { keys: [`${command} S`], action: 'keys.save' },
  { keys: [isApple ? '⇧ ⌥ F' : 'Shift Alt F'], action: 'keys.format' },
  { keys: ['F8'], action: 'keys.nextProblem' },
  { keys: ['Ctrl M'], action: 'keys.leaveEditor' },
  { keys: ['F6'], action: 'keys.nextPane' },
  { keys: ['F1'], action: 'keys.palette' },
  { keys: ['?'], action: 'keys.help' },
];

/** Listens for the page's keys. Returns a function that ends it. */
export function listenForShortcuts(target: Document, verbs: PageVerbs): () => void {
  function onKeyDown(event: KeyboardEvent): void {
    const verb = verbFor(event, verbs);
    if (verb === null) return;
    event.preventDefault();
    event.stopPropagation();
    verb();
  }
  target.addEventListener('keydown', onKeyDown);
  return () => target.removeEventListener('keydown', onKeyDown);
}

function verbFor(event: KeyboardEvent, verbs: PageVerbs): (() => void) | null {
  const isCommand = event.ctrlKey || event.metaKey;
  if (isCommand && event.key === 'Enter') return verbs.run;
  // By its place: with Shift the key writes something else on every keyboard.
  if (isCommand && event.shiftKey && event.code === 'Period') return verbs.reset;
  if (isCommand && event.key === '.') return verbs.stop;
  if (event.key === 'F9') return event.shiftKey ? verbs.step : verbs.pauseOrResume;
  if (isCommand && event.key.toLowerCase() === 's') return verbs.save;
  if (event.key === 'F6') return verbs.nextPane;
  if (isTyping(event.target)) return null;
  // On a button Shift+Enter still means that button.
  if (event.shiftKey && event.key === 'Enter' && !(event.target instanceof HTMLButtonElement)) return verbs.run;
  if (event.key === '?') return verbs.toggleHelp;
  return null;
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.closest('.monaco-editor') !== null)
  );
}
