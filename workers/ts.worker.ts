// Entry of the editor's TypeScript worker; the logic is in src/ui/editor/program-worker.ts.

import { initialize } from 'monaco-editor/internal/common/initialize.js';
import { ProgramWorker } from '../src/ui/editor/program-worker.ts';

self.onmessage = (): void => initialize((context, createData) => new ProgramWorker(context, createData));
