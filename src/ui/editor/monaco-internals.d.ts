// Modules of Monaco and one of ours that come without declarations, described as far as they are used here. Monaco is pinned to an
// exact version; `test/e2e` would notice if one of these went away.

declare module 'monaco-editor/languages/features/typescript/tsWorker.js' {
  /** Monaco's TypeScript language service, as it runs in its worker. */
  export class TypeScriptWorker {
    constructor(context: unknown, createData: unknown);
    getScriptFileNames(): string[];
    getScriptText(fileName: string): Promise<string | undefined>;
    getSemanticDiagnostics(
      fileName: string,
    ): Promise<readonly import('monaco-editor/languages/features/typescript/register.js').Diagnostic[]>;
  }
}

declare module 'monaco-editor/languages/features/typescript/lib/typescriptServices.js' {
  export const typescript: {
    /** Turns one file into JavaScript without looking at any other. `target` and `module` are the compiler's own numbers. */
    transpileModule(
      source: string,
      options: {
        readonly fileName: string;
        readonly reportDiagnostics: true;
        readonly compilerOptions: {
          readonly target: number;
          readonly module: number;
          readonly isolatedModules: boolean;
          readonly sourceMap: true;
        };
      },
    ): {
      readonly outputText: string;
      readonly sourceMapText: string;
      readonly diagnostics: readonly import('monaco-editor/languages/features/typescript/register.js').Diagnostic[];
    };
    /** Finds the imports of a text without resolving them. */
    preProcessFile(
      source: string,
      readImportFiles: boolean,
      detectJavaScriptImports: boolean,
    ): {
      readonly importedFiles: readonly { readonly fileName: string; readonly pos: number; readonly end: number }[];
    };
  };
  export function flattenDiagnosticMessageText(message: unknown, newLine: string): string;
}

declare module 'monaco-editor/internal/common/initialize.js' {
  /** Starts a Monaco worker; must be called from the first message on. */
  export function initialize(create: (context: unknown, createData: unknown) => object): void;
}

declare module 'monaco-editor/editor/contrib/caretOperations/browser/caretOperations.js';
declare module 'monaco-editor/editor/contrib/gotoSymbol/browser/goToCommands.js';
declare module 'monaco-editor/editor/contrib/suggest/browser/suggestController.js';
declare module 'monaco-editor/languages/features/typescript/tsMode.js';
declare module 'monaco-editor/nls/lang/zh-cn.js';

declare module 'virtual:type-declarations' {
  /** Where the editor's declarations are served: JSON of { path under node_modules: text }. */
  const url: string;
  export default url;
}
