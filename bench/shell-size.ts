// Bytes of the shell, that is, of what the built page loads before the editor: index.html, its scripts and styles and everything these
// import statically, each compressed with gzip -9. What is imported dynamically (Monaco, its workers, the declarations) comes later.

import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { init, parse } from 'es-module-lexer';

/** Kilobytes (1,024 bytes) of the shell and of each of its files, gzip-compressed. */
export interface ShellSize {
  readonly totalKb: number;
  readonly files: readonly { readonly path: string; readonly kb: number }[];
}

/** Measures a built page. */
export async function shellSize(dist: string): Promise<ShellSize> {
  await init();
  const html = readFileSync(join(dist, 'index.html'), 'utf8');
  const linked = [...html.matchAll(/<(?:script|link)\b[^>]*?\b(?:src|href)="([^"]+)"/g)].flatMap(([tag, path]) =>
    path === undefined || /rel="(?:icon|manifest)"/.test(tag) ? [] : [path],
  );
  const seen = new Set<string>([join(dist, 'index.html')]);
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    if (!path.endsWith('.js')) return;
    const [imports] = parse(readFileSync(path, 'utf8'));
    for (const found of imports) {
      if (found.type === 'static' || found.type === 'reexport-star') visit(join(dirname(path), found.specifier));
    }
  };
  for (const path of linked) visit(join(dist, path.replace(/[?#].*$/, '')));
  const files = [...seen].map((path) => ({ path: relative(dist, path), kb: gzipSync(readFileSync(path), { level: 9 }).length / 1024 }));
  return { totalKb: files.reduce((sum, { kb }) => sum + kb, 0), files };
}
