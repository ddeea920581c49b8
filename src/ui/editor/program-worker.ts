// The editor's TypeScript worker: Monaco's, with two things of ours. It compiles a program in one call, and it takes the
// declarations of libraries as files that are there to be imported, not as roots: a thousand of them are then read only once
// a program needs them.

import { TypeScriptWorker } from 'monaco-editor/languages/features/typescript/tsWorker.js';
import { flattenDiagnosticMessageText, typescript } from 'monaco-editor/languages/features/typescript/lib/typescriptServices.js';
import type { Diagnostic } from 'monaco-editor/languages/features/typescript/register.js';
import { offeredModules } from '../../train/program-module.ts';
import { cannotFindModuleCodes, libraryRoot } from './program-worker-protocol.ts';
import type { ProgramWorkerApi, WorkerCompilation, WorkerProblem } from './program-worker-protocol.ts';

/** `ESNext`, as the compiler numbers targets and module kinds. */
const latest = 99;

/** The language service with the calls above. */
export class ProgramWorker extends TypeScriptWorker implements ProgramWorkerApi {
  override getScriptFileNames(): string[] {
    return super.getScriptFileNames().filter((name) => !name.startsWith(libraryRoot));
  }

  /**
   * The program's module, unless its syntax or an import stops it. Types are not looked at here: stripping them takes milliseconds,
   * checking them can take seconds while the libraries are still being read, and type errors do not stop a run.
   */
  async compileProgram(fileName: string): Promise<WorkerCompilation> {
    const text = (await this.getScriptText(fileName)) ?? '';
    const { outputText, sourceMapText, diagnostics } = typescript.transpileModule(text, {
      fileName: fileName.slice(fileName.lastIndexOf('/') + 1),
      reportDiagnostics: true,
      compilerOptions: { target: latest, module: latest, isolatedModules: true, sourceMap: true },
    });
    const problems = [...diagnostics.map((diagnostic) => asProblem(diagnostic, 'syntax')), ...(await this.findForeignImports(fileName))];
    if (problems.length > 0) return { output: null, problems };
    return { output: { javascript: outputText.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n'), sourceMap: sourceMapText }, problems };
  }

  /** What does not fit together; none of it stops a run. */
  async findTypeProblems(fileName: string): Promise<readonly WorkerProblem[]> {
    return (await this.getSemanticDiagnostics(fileName))
      .filter((diagnostic) => !cannotFindModuleCodes.includes(diagnostic.code))
      .map((diagnostic) => asProblem(diagnostic, 'type'));
  }

  /** Imports, static and dynamic, of anything that is not offered. */
  async findForeignImports(fileName: string): Promise<readonly WorkerProblem[]> {
    const text = await this.getScriptText(fileName);
    if (text === undefined) return [];
    return typescript
      .preProcessFile(text, true, false)
      .importedFiles.filter(({ fileName: specifier }) => !(offeredModules as readonly string[]).includes(specifier))
      .map(({ fileName: specifier, pos, end }) => ({
        kind: 'import',
        isWarning: false,
        start: pos,
        length: Math.max(1, end - pos),
        message: specifier,
      }));
  }
}

function asProblem(diagnostic: Diagnostic, kind: WorkerProblem['kind']): WorkerProblem {
  return {
    kind,
    isWarning: diagnostic.category !== 1,
    start: diagnostic.start ?? 0,
    length: diagnostic.length ?? 1,
    message: flattenDiagnosticMessageText(diagnostic.messageText, '\n'),
  };
}
