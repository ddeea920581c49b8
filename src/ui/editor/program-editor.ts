// The editor on screen: Monaco with the page's keys, fonts and theme. Reached only through editor-service.ts, which loads it late.

import { effect } from '@preact/signals';
import type { Page } from '../page-context.ts';
import type { Compilation } from '../../state/session.ts';
import { applyEditorTheme, defineEditorThemes } from './editor-themes.ts';
import { compileModel, configureLanguage, findTypeProblems, loadDeclarations } from './language-service.ts';
import { monaco } from './monaco.ts';
import { bindProgramModels } from './program-models.ts';
import type { PageVerbs } from '../page-verbs.ts';

/** What the rest of the page can ask of the editor once it is there. */
export interface ProgramEditor {
  compile(fileName: string): Promise<Compilation>;
  /** Shows the editor inside of `host`. */
  mount(host: HTMLElement): void;
  /** Puts the cursor there and scrolls to it. */
  reveal(line: number, column: number): void;
  format(): void;
  focus(): void;
}

/** Sets Monaco up around the page's program. */
export function createProgramEditor(page: Page, verbs: PageVerbs): ProgramEditor {
  configureLanguage();
  defineEditorThemes();
  effect(() => applyEditorTheme(page.theme.theme.value));
  const models = bindProgramModels(page.program, page.problems);
  const declarations = loadDeclarations().catch((reason: unknown) => console.warn('loadDeclarations:', reason));
  let editor: monaco.editor.IStandaloneCodeEditor | null = null;

  return {
    async compile(fileName) {
      const model = models.current();
      const source = model.getValue();
      const { output, problems } = await compileModel(model);
      const typeProblems = declarations.then(() => findTypeProblems(model));
      return { program: output === null ? null : { source, fileName, ...output }, problems, typeProblems };
    },
    mount(host) {
      editor = monaco.editor.create(host, {
        model: models.current(),
        automaticLayout: true,
        fontFamily: getComputedStyle(host).getPropertyValue('--face-code'),
        fontSize: 13,
        lineHeight: 20,
        minimap: { enabled: false },
        // Cards are in Chinese too, whose full-width signs are no disguise; what is marked stays marked in other scripts.
        unicodeHighlight: { allowedLocales: { _os: true, _vscode: true, 'zh-hans': true } },
        scrollBeyondLastLine: false,
        smoothScrolling: false,
        padding: { top: 8, bottom: 8 },
        lineNumbersMinChars: 3,
        lineDecorationsWidth: 8,
        glyphMargin: false,
        folding: true,
        tabSize: 2,
        wordWrap: 'off',
        overviewRulerBorder: false,
        hideCursorInOverviewRuler: true,
        renderLineHighlight: 'line',
        scrollbar: { verticalScrollbarSize: 10, horizontalScrollbarSize: 10, alwaysConsumeMouseWheel: false },
        fixedOverflowWidgets: true,
        'semanticHighlighting.enabled': false,
        ariaLabel: verbs.editorLabel(),
      });
      const mounted = editor;
      bindKeys(mounted, verbs);
      models.onOpen((model) => mounted.setModel(model));
    },
    reveal(line, column) {
      editor?.setPosition({ lineNumber: line, column });
      editor?.revealLineInCenterIfOutsideViewport(line);
      editor?.focus();
    },
    format() {
      void editor?.getAction('editor.action.formatDocument')?.run();
    },
    focus() {
      editor?.focus();
    },
  };
}

/** Keys that the page has too, while the editor has the focus: Monaco would otherwise take some of them for itself. */
function bindKeys(editor: monaco.editor.IStandaloneCodeEditor, verbs: PageVerbs): void {
  const { KeyCode, KeyMod } = monaco;
  editor.addCommand(KeyMod.CtrlCmd | KeyCode.Enter, verbs.run);
  editor.addCommand(KeyMod.Shift | KeyCode.Enter, verbs.run);
  editor.addCommand(KeyMod.CtrlCmd | KeyCode.Period, verbs.stop);
  editor.addCommand(KeyMod.CtrlCmd | KeyMod.Shift | KeyCode.Period, verbs.reset);
  editor.addCommand(KeyMod.CtrlCmd | KeyCode.KeyS, verbs.save);
  editor.addCommand(KeyMod.WinCtrl | KeyCode.KeyM, verbs.leaveEditor);
  editor.addCommand(KeyMod.CtrlCmd | KeyCode.KeyM, verbs.leaveEditor);
}
