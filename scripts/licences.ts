// Every installed package must come under a licence that lets an Apache-2.0 project use it. Packages that are shipped in the
// page or only used to build it are held to the same list; a package without a licence fails.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const allowed = new Set([
  'MIT',
  'MIT-0',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'Python-2.0',
  'Unlicense',
  'MPL-2.0',
]);

/** One line per installed package whose licence is not allowed, such as `left-pad: WTFPL`. */
export function forbiddenLicences(root: string): readonly string[] {
  // npm's lock file, version 3, of the same checkout.
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, unknown>>;
  };
  return Object.keys(lock.packages)
    .filter(Boolean)
    .flatMap((path) => {
      const manifest = join(root, path, 'package.json');
      if (!existsSync(manifest)) return []; // an optional package of another platform
      const licence = licenceOf(JSON.parse(readFileSync(manifest, 'utf8')));
      return isAllowed(licence) ? [] : [`${path.replace(/^.*node_modules\//, '')}: ${licence === '' ? 'no licence' : licence}`];
    });
}

/** Whether one choice of an SPDX expression such as `(MPL-2.0 OR Apache-2.0)` is allowed, all its parts taken together. */
export function isAllowed(licence: string): boolean {
  const choices = licence.replaceAll(/[()]/g, '').split(/\s+OR\s+/);
  return choices.some((choice) => choice.split(/\s+AND\s+/).every((part) => allowed.has(part.trim())));
}

function licenceOf(manifest: unknown): string {
  // The shape of package.json, old forms included; anything else is no licence.
  const { license, licenses } = manifest as { readonly license?: unknown; readonly licenses?: unknown };
  if (typeof license === 'string') return license;
  const first: unknown = Array.isArray(licenses) ? licenses[0] : license;
  return typeof first === 'object' && first !== null && 'type' in first ? String(first.type) : '';
}
