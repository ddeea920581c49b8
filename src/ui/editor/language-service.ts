// The TypeScript language service as programs need it: compiler options, library declarations, and the two calls of our worker,
// with offsets turned into lines. Declarations are fetched once, after the editor is on screen.

import typeDeclarationsUrl from 'virtual:type-declarations';
import { t } from '../../state/locale.ts';
import type { Problem } from '../../state/page-api.ts';
import { offeredModules } from '../../train/program-module.ts';
import { monaco, typescript } from './monaco.ts';
import { cannotFindModuleCodes, libraryRoot } from './program-worker-protocol.ts';
import type { ProgramWorkerApi, WorkerCompilation, WorkerProblem } from './program-worker-protocol.ts';

/** `bundler`, which Monaco's table of module resolutions does not list yet; the compiler inside knows it. */
const bundlerResolution = 100;

/** Sets the compiler up. Types of the DOM are left out: a program runs in a worker. */
export function configureLanguage(): void {
  typescript.typescriptDefaults.setCompilerOptions({
    target: typescript.ScriptTarget.ESNext,
    module: typescript.ModuleKind.ESNext,
    // A number that is missing from Monaco's enum, see above.
    moduleResolution: bundlerResolution as typescript.ModuleResolutionKind,
    lib: ['lib.esnext.d.ts', 'lib.webworker.d.ts', 'lib.webworker.asynciterable.d.ts'],
    strict: true,
    noUncheckedIndexedAccess: false,
    isolatedModules: true,
    skipLibCheck: true,
    sourceMap: true,
    inlineSources: false,
    allowNonTsExtensions: true,
    types: [],
  });
  typescript.typescriptDefaults.setDiagnosticsOptions({ diagnosticCodesToIgnore: [...cannotFindModuleCodes] });
}

/** Fetches the declarations of the three modules a program may import. Rejects where they cannot be had: completions are then poorer. */
export async function loadDeclarations(): Promise<void> {
  const response = await fetch(typeDeclarationsUrl);
  if (!response.ok) throw new Error(`loadDeclarations: expected ${typeDeclarationsUrl}, got status ${response.status}.`);
  // Our own build wrote this file: { path: text }.
  const files = (await response.json()) as Readonly<Record<string, string>>;
  typescript.typescriptDefaults.setExtraLibs(Object.entries(files).map(([path, content]) => ({ filePath: libraryRoot + path, content })));
}

/** Compiles the program of a model; types are not checked. */
export async function compileModel(
  model: monaco.editor.ITextModel,
): Promise<{ readonly output: WorkerCompilation['output']; readonly problems: readonly Problem[] }> {
  const worker = await programWorker(model.uri);
  const { output, problems } = await worker.compileProgram(model.uri.toString());
  return { output, problems: problems.map((problem) => asProblem(problem, model)) };
}

/** The type errors of a model. */
export async function findTypeProblems(model: monaco.editor.ITextModel): Promise<readonly Problem[]> {
  const worker = await programWorker(model.uri);
  const found = await worker.findTypeProblems(model.uri.toString());
  return found.map((problem) => asProblem(problem, model));
}

const markerOwner = 'lockstep';

/** Marks imports that are not offered. What TypeScript itself finds is marked by Monaco. */
export async function markForeignImports(model: monaco.editor.ITextModel): Promise<void> {
  const worker = await programWorker(model.uri);
  const version = model.getVersionId();
  const found = await worker.findForeignImports(model.uri.toString());
  if (model.isDisposed() || model.getVersionId() !== version) return;
  monaco.editor.setModelMarkers(
    model,
    markerOwner,
    found.map((problem) => {
      const range = monaco.Range.fromPositions(model.getPositionAt(problem.start), model.getPositionAt(problem.start + problem.length));
      return { ...range, message: messageOf(problem), severity: monaco.MarkerSeverity.Error, code: 'import' };
    }),
  );
}

/** The problems of a model as its markers say. */
export function problemsOf(model: monaco.editor.ITextModel): readonly Problem[] {
  return monaco.editor
    .getModelMarkers({ resource: model.uri })
    .filter((marker) => marker.severity >= monaco.MarkerSeverity.Warning)
    .map((marker): Problem => ({
      severity: marker.severity === monaco.MarkerSeverity.Error ? 'error' : 'warning',
      stopsRun: marker.owner === markerOwner || isSyntaxCode(marker.code),
      line: marker.startLineNumber,
      column: marker.startColumn,
      message: marker.message,
    }))
    .sort((a, b) => a.line - b.line || a.column - b.column);
}

/** TypeScript numbers its syntax errors 1000 to 1999. */
function isSyntaxCode(code: monaco.editor.IMarker['code']): boolean {
  const number = Number(typeof code === 'object' ? code.value : code);
  return number >= 1000 && number < 2000;
}

async function programWorker(uri: monaco.Uri): Promise<ProgramWorkerApi> {
  const connect = await registeredWorker();
  // The worker is ours (workers/ts.worker.ts); Monaco's typings know only the one it brings.
  return (await connect(uri)) as unknown as ProgramWorkerApi;
}

const registrationAttempts = 50;

/**
 * Monaco sets the language up when the first model appears, in a promise it keeps to itself, and until then refuses with
 * "TypeScript not registered". Once the module that does it is there it is a matter of milliseconds, so we ask again.
 */
async function registeredWorker(): ReturnType<typeof typescript.getTypeScriptWorker> {
  await import('monaco-editor/languages/features/typescript/tsMode.js');
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await typescript.getTypeScriptWorker();
    } catch (reason) {
      if (attempt === registrationAttempts) throw reason;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

function asProblem(problem: WorkerProblem, model: monaco.editor.ITextModel): Problem {
  const { lineNumber, column } = model.getPositionAt(problem.start);
  return {
    severity: problem.isWarning ? 'warning' : 'error',
    stopsRun: problem.kind !== 'type',
    line: lineNumber,
    column,
    message: messageOf(problem),
  };
}

function messageOf(problem: WorkerProblem): string {
  return problem.kind === 'import'
    ? t('problem.foreignImport', { name: problem.message, offered: offeredModules.join(', ') })
    : problem.message;
}
