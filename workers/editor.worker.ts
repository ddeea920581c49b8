// Entry of Monaco's own worker: word completion, diffs, links.

import 'monaco-editor/editor/editor.worker.js';
