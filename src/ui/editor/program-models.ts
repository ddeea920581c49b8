// One Monaco model per program, so that each keeps its own undo history, bound both ways to the page's state: typing edits the
// draft, and whatever changes the draft (choosing, reverting, a program from outside) lands in the model as an edit one can undo.

import { effect } from '@preact/signals';
import type { ProblemsState } from '../../state/problems.ts';
import type { OpenProgram, ProgramState } from '../../state/program.ts';
import { markForeignImports, problemsOf } from './language-service.ts';
import { monaco } from './monaco.ts';

/** The models of the page. */
export interface ProgramModels {
  /** The model of the program that is open, with its current text. */
  current(): monaco.editor.ITextModel;
  /** Calls back with every program that is opened, the current one first. */
  onOpen(callback: (model: monaco.editor.ITextModel) => void): void;
}

const importCheckMs = 300;

/** Binds models to the state. Lives as long as the page. */
export function bindProgramModels(program: ProgramState, problems: ProblemsState): ProgramModels {
  const models = new Map<string, monaco.editor.ITextModel>();

  function modelOf(open: OpenProgram): monaco.editor.ITextModel {
    const known = models.get(open.id);
    if (known !== undefined) return known;
    const uri = monaco.Uri.from({ scheme: 'file', path: `/${encodeURIComponent(open.id)}.ts` });
    const model = monaco.editor.createModel(program.source.peek(), 'typescript', uri);
    let check: ReturnType<typeof setTimeout> | undefined;
    model.onDidChangeContent(() => {
      if (program.open.peek().id === open.id) program.edit(model.getValue());
      clearTimeout(check);
      check = setTimeout(() => markSoon(model), importCheckMs);
    });
    models.set(open.id, model);
    markSoon(model);
    return model;
  }

  effect(() => {
    const source = program.source.value;
    const model = modelOf(program.open.value);
    if (model.getValue() === source) return;
    model.pushStackElement();
    model.pushEditOperations([], [{ range: model.getFullModelRange(), text: source }], () => null);
    model.pushStackElement();
  });

  monaco.editor.onDidChangeMarkers((uris) => {
    const model = models.get(program.open.peek().id);
    if (model !== undefined && uris.some((uri) => uri.toString() === model.uri.toString())) problems.list.value = problemsOf(model);
  });

  return {
    current: () => modelOf(program.open.peek()),
    onOpen(callback) {
      let shown: monaco.editor.ITextModel | null = null;
      effect(() => {
        const model = modelOf(program.open.value);
        if (model === shown) return;
        shown = model;
        problems.list.value = problemsOf(model);
        callback(model);
      });
    },
  };
}

/** A check that cannot be made (the worker is still loading, or went away) leaves the markers as they are; Run checks again. */
function markSoon(model: monaco.editor.ITextModel): void {
  markForeignImports(model).catch((reason: unknown) => console.warn('markForeignImports:', reason));
}
