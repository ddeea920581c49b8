// The editor as the page sees it before, while and after it loads. Monaco is a large download that only this dynamic import
// reaches: the shell paints first, and everything asked of the editor meanwhile waits for it.

import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import { locale } from '../../state/locale.ts';
import type { CompilerLike } from '../../state/session.ts';
import type { Page } from '../page-context.ts';
import type { PageVerbs } from '../page-verbs.ts';
import type { ProgramEditor } from './program-editor.ts';

/** `loading` until Monaco is there; `failed` with a reason, and `retry` tries again. */
export type EditorLoad = { readonly kind: 'loading' } | { readonly kind: 'ready' } | { readonly kind: 'failed'; readonly message: string };

/** The editor, late. */
export interface EditorService extends CompilerLike {
  readonly load: ReadonlySignal<EditorLoad>;
  /** Starts loading. Asking twice loads once; asking after a failure tries again. */
  start(): void;
  mount(host: HTMLElement): Promise<void>;
  /** Shows two texts and their differences, read-only; resolves with a function that takes them away. Rejects where the editor cannot be loaded. */
  showDiff(host: HTMLElement, before: string, after: string, label: string): Promise<() => void>;
  reveal(line: number, column: number): void;
  format(): void;
  focus(): void;
}

/** Creates the service; `connect` later hands it the page, which itself needs a compiler to exist. */
export function createEditorService(): EditorService & { connect(page: Page, verbs: PageVerbs): void } {
  const load = signal<EditorLoad>({ kind: 'loading' });
  let context: { readonly page: Page; readonly verbs: PageVerbs } | null = null;
  let loading: Promise<ProgramEditor> | null = null;
  let ready: ProgramEditor | null = null;

  async function open(): Promise<ProgramEditor> {
    if (context === null) throw new Error('editor-service: expected a page, got none. Call connect() first.');
    load.value = { kind: 'loading' };
    // Monaco's own words are chosen when it is imported and cannot change afterwards.
    if (locale.peek() === 'zh-CN') await import('monaco-editor/nls/lang/zh-cn.js');
    const { createProgramEditor } = await import('./program-editor.ts');
    ready = createProgramEditor(context.page, context.verbs);
    load.value = { kind: 'ready' };
    return ready;
  }

  function editor(): Promise<ProgramEditor> {
    loading ??= open().catch((reason: unknown) => {
      loading = null;
      load.value = { kind: 'failed', message: reason instanceof Error ? reason.message : String(reason) };
      throw reason;
    });
    return loading;
  }

  return {
    load,
    connect(page, verbs) {
      context = { page, verbs };
    },
    start() {
      // The failure is in `load`, where the pane shows it.
      editor().catch(() => undefined);
    },
    async compile(_source, fileName) {
      return (await editor()).compile(fileName);
    },
    async mount(host) {
      (await editor()).mount(host);
    },
    async showDiff(host, before, after, label) {
      await editor(); // which makes the themes known
      const { showCodeDiff } = await import('./code-diff.ts');
      return showCodeDiff(host, before, after, label);
    },
    reveal: (line, column) => ready?.reveal(line, column),
    format: () => ready?.format(),
    focus: () => ready?.focus(),
  };
}
