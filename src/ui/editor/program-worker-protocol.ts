// What the page and the editor's TypeScript worker say to each other: only types and constants, because both sides import this.

/** Where library declarations live in the worker's imaginary file system. */
export const libraryRoot = 'file:///node_modules/';

/** TypeScript says "cannot find module"; which modules there are is said better by our own check. */
export const cannotFindModuleCodes: readonly number[] = [2307, 2792, 7016];

/** Something wrong at a place given in characters from the start of the text. For an import, `message` is what was to be imported. */
export interface WorkerProblem {
  readonly kind: 'syntax' | 'import' | 'type';
  readonly isWarning: boolean;
  readonly start: number;
  readonly length: number;
  readonly message: string;
}

/** A program's module, or null where it cannot be one. */
export interface WorkerCompilation {
  readonly output: { readonly javascript: string; readonly sourceMap: string } | null;
  readonly problems: readonly WorkerProblem[];
}

/** What the page calls, beside Monaco's own methods. */
export interface ProgramWorkerApi {
  compileProgram(fileName: string): Promise<WorkerCompilation>;
  findTypeProblems(fileName: string): Promise<readonly WorkerProblem[]>;
  findForeignImports(fileName: string): Promise<readonly WorkerProblem[]>;
}
