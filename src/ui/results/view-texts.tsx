// Views made of text: table, text, tree.

import type { ShownView, TreeNode } from '../../train/telemetry.ts';
import { t } from '../../state/locale.ts';
import { formatCount, formatLoss } from '../number-format.ts';

type ViewOf<Kind extends ShownView['kind']> = Extract<ShownView, { readonly kind: Kind }>;

/** Rows of a table that are drawn; the rest is counted. */
const drawnRows = 200;

/** Rows and columns; numbers in tabular figures at the right. */
export function TableView({ view }: { readonly view: ViewOf<'table'> }): preact.JSX.Element {
  const rows = view.rows.slice(0, drawnRows);
  return (
    <div class="view-scroll" tabIndex={0}>
      <table>
        <thead>
          <tr>
            {view.columns.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={at}>
              {row.map((cell, column) => (
                <td key={column} class={typeof cell === 'number' ? 'is-number' : ''}>
                  {typeof cell === 'number' ? formatCell(cell) : cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {view.rows.length > drawnRows ? (
        <p class="empty">{t('view.moreRows', { count: formatCount(view.rows.length - drawnRows) })}</p>
      ) : null}
    </div>
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

function formatCell(value: number): string {
  return Number.isInteger(value) ? formatCount(value) : Number.isFinite(value) ? formatLoss(value) : String(value);
}
