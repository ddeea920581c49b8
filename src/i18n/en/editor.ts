// The editor and its problems.

/** In English. */
export const editorMessages = {
  'editor.label': 'Training program',
  'editor.summary': '{file} · {lines} lines',
  'editor.loading': 'Loading the editor…',
  'editor.failed': 'The editor could not be loaded: {reason}',
  'editor.retry': 'Try again',
  'editor.leaveHint': 'Ctrl M leaves the editor',
  'problem.foreignImport': 'import: expected one of {offered}, got "{name}". A program runs alone in its worker; import only these.',
  'problem.count': 'Errors: {count}',
  'problem.none': 'No problems found.',
  'problem.stopsRun': 'stops the run',
  'problem.refused': 'Not started. Problems to fix first: {count}.',
  'problem.showFirst': 'Show the first',
} as const;
