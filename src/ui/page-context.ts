// How components reach the page: its state, its verbs, and the editor. One context instead of props through every level.

import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { PageState } from '../state/page.ts';
import type { EditorService } from './editor/editor-service.ts';
import type { PageVerbs } from './page-verbs.ts';

export type Page = PageState;

/** What every component may use. */
export interface PageContextValue {
  readonly page: Page;
  readonly verbs: PageVerbs;
  readonly editor: EditorService;
}

const context = createContext<PageContextValue | null>(null);

/** Provides the page to everything below. */
export const PageProvider = context.Provider;

/** The page. Throws outside of a PageProvider. */
export function usePage(): PageContextValue {
  const value = useContext(context);
  if (value === null) throw new Error('usePage: expected a PageProvider above, got none.');
  return value;
}
