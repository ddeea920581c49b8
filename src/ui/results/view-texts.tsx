// Views made of text: table, text, tree.

import type { ShownView, TreeNode } from '../../train/telemetry.ts';
import { t } from '../../state/locale.ts';
import { formatCount } from '../number-format.ts';
import { PagedTable } from './paged-table.tsx';

type ViewOf<Kind extends ShownView['kind']> = Extract<ShownView, { readonly kind: Kind }>;

/** A table a page at a time; rows left out beforehand are counted. */
export function TableView({ view }: { readonly view: ViewOf<'table'> }): preact.JSX.Element {
  return (
    <>
      <PagedTable columns={view.columns} rowCount={view.rows.length} rowAt={(index) => view.rows[index] ?? []} />
      {view.leftOut > 0 ? <p class="empty">{t('view.leftOut', { count: formatCount(view.leftOut) })}</p> : null}
    </>
  );
}

/** Text as it is. */
export function TextView({ view }: { readonly view: ViewOf<'text'> }): preact.JSX.Element {
  return (
    <pre class="view-scroll" tabIndex={0}>
      {view.text}
    </pre>
  );
}

/** A tree that opens and closes. */
export function TreeView({ view }: { readonly view: ViewOf<'tree'> }): preact.JSX.Element {
  return (
    <div class="view-scroll tree">
      <TreeBranch node={view.root} depth={0} />
    </div>
  );
}

function TreeBranch({ node, depth }: { readonly node: TreeNode; readonly depth: number }): preact.JSX.Element {
  if (node.children.length === 0) return <div class="tree-leaf">{node.label}</div>;
  return (
    <details open={depth < 2}>
      <summary>{node.label}</summary>
      {node.children.map((child, at) => (
        <TreeBranch key={at} node={child} depth={depth + 1} />
      ))}
    </details>
  );
}
