// The editor's two themes: Monaco's own colours for the syntax, on the page's paper. The colours of the page are repeated here,
// because Monaco computes with them and cannot read CSS variables; they are those of ui/styles/tokens.css.

import type { ThemeName } from '../../state/theme.ts';
import { monaco } from './monaco.ts';

const names: Readonly<Record<ThemeName, string>> = { light: 'lockstep-light', dark: 'lockstep-dark' };

/** Makes both themes known. */
export function defineEditorThemes(): void {
  monaco.editor.defineTheme(names.light, {
    base: 'vs',
    inherit: true,
    rules: [
      { token: 'comment', foreground: '6b7280' },
      { token: 'keyword', foreground: '4338ca' },
      { token: 'string', foreground: '9a3412' },
      { token: 'number', foreground: '0f766e' },
      { token: 'type.identifier', foreground: '1d4ed8' },
    ],
    colors: {
      'editor.background': '#ffffff',
      'editor.foreground': '#1c2128',
      'editorLineNumber.foreground': '#6b7280',
      'editorLineNumber.dimmedForeground': '#6b7280',
      'editorLineNumber.activeForeground': '#4b5563',
      'editor.lineHighlightBackground': '#f6f7f9',
      'editor.lineHighlightBorder': '#00000000',
      'editor.selectionBackground': '#d9dcfb',
      'editorIndentGuide.background1': '#eceef1',
      'editorWidget.background': '#ffffff',
      'editorWidget.border': '#d5d9df',
      'editorGutter.background': '#ffffff',
      focusBorder: '#4f46e5',
    },
  });
  monaco.editor.defineTheme(names.dark, {
    base: 'vs-dark',
    inherit: true,
    rules: [
      { token: 'comment', foreground: '8b949e' },
      { token: 'keyword', foreground: 'a5b4fc' },
      { token: 'string', foreground: 'f0b48a' },
      { token: 'number', foreground: '7dd3c0' },
      { token: 'type.identifier', foreground: '93c5fd' },
    ],
    colors: {
      'editor.background': '#13161b',
      'editor.foreground': '#e3e7ec',
      'editorLineNumber.foreground': '#7d8794',
      'editorLineNumber.dimmedForeground': '#7d8794',
      'editorLineNumber.activeForeground': '#a3abb5',
      'editor.lineHighlightBackground': '#191d24',
      'editor.lineHighlightBorder': '#00000000',
      'editor.selectionBackground': '#34396b',
      'editorIndentGuide.background1': '#23282f',
      'editorWidget.background': '#191d24',
      'editorWidget.border': '#333a44',
      'editorGutter.background': '#13161b',
      focusBorder: '#8b93f8',
    },
  });
}

/** Switches every editor of the page. */
export function applyEditorTheme(theme: ThemeName): void {
  monaco.editor.setTheme(names[theme]);
}
