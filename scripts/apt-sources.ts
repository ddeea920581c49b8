// Reads the package sources a Debian or Ubuntu machine already trusts, and writes the private list Mesa is fetched with. Both
// of apt's formats are understood (one-line .list, see sources.list(5), and deb822 .sources), because fresh images use either.
// Pure text in, text out: nothing here touches the machine.

/** One suite at one mirror. */
export interface AptSource {
  /** The part in brackets, such as `signed-by=/usr/share/keyrings/x.gpg`, or empty. */
  readonly options: string;
  readonly uri: string;
  readonly suite: string;
  readonly components: readonly string[];
}

/** The binary sources of a one-line list; comments, `deb-src` and malformed lines are passed over, as apt does with comments. */
export function parseListFile(text: string): readonly AptSource[] {
  const sources: AptSource[] = [];
  for (const line of text.split('\n')) {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line);
    if (match === null) continue;
    const [, options = '', uri = '', suite = '', components = ''] = match;
    sources.push({ options: options.trim(), uri, suite, components: components.split(/\s+/).filter(Boolean) });
  }
  return sources;
}

/** The enabled binary sources of a deb822 file, one per URI and suite. */
export function parseDeb822File(text: string): readonly AptSource[] {
  return text.split(/\n\s*\n/).flatMap((stanza) => {
    const fields = deb822Fields(stanza);
    const words = (name: string): readonly string[] => (fields.get(name) ?? '').split(/\s+/).filter(Boolean);
    if (!words('types').includes('deb') || fields.get('enabled')?.trim() === 'no') return [];
    const signedBy = fields.get('signed-by')?.trim() ?? '';
    // A key written out in the file has no one-line form; the key rings apt trusts anyway hold the distribution's own.
    const options = signedBy === '' || /\s/.test(signedBy) ? '' : `signed-by=${signedBy}`;
    const components = words('components');
    return words('uris').flatMap((uri) => words('suites').map((suite) => ({ options, uri, suite, components })));
  });
}

function deb822Fields(stanza: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  let name = '';
  for (const line of stanza.split('\n')) {
    if (line.startsWith('#')) continue;
    const start = /^([\w-]+):(.*)$/.exec(line);
    if (start !== null) {
      name = (start[1] ?? '').toLowerCase();
      fields.set(name, start[2] ?? '');
    } else if (name !== '') {
      fields.set(name, `${fields.get(name) ?? ''}\n${line}`);
    }
  }
  return fields;
}

/**
 * The distribution's own sources (suites of `codename` that offer `main`) and, on Debian, `CODENAME-backports` at the mirror of
 * the release itself. Foreign repositories are left out: they may be unreachable and never carry Mesa.
 */
export function privateSources(sources: readonly AptSource[], codename: string, isDebian: boolean): readonly AptSource[] {
  const own = sources.filter(
    ({ suite, components }) => components.includes('main') && (suite === codename || suite.startsWith(`${codename}-`)),
  );
  const release = own.find(({ suite }) => suite === codename);
  const backports = `${codename}-backports`;
  const needsBackports = isDebian && release !== undefined && !own.some(({ suite }) => suite === backports);
  return needsBackports ? [...own, { ...release, suite: backports, components: ['main'] }] : own;
}

/** A one-line list apt can read. */
export function formatListFile(sources: readonly AptSource[]): string {
  const lines = sources.map(({ options, uri, suite, components }) => {
    return `deb ${options === '' ? '' : `[${options}] `}${uri} ${suite} ${components.join(' ')}`;
  });
  return `${[...new Set(lines)].join('\n')}\n`;
}

/** The versions `apt-cache policy PACKAGE` lists, as `[suite, version]` pairs in its order; a version in two suites comes twice. */
export function offeredVersions(policy: string): readonly (readonly [suite: string, version: string])[] {
  const offered: (readonly [string, string])[] = [];
  let version = '';
  for (const line of policy.split('\n')) {
    const versionLine = /^ (?: {4}|\*{3} )(\S+) -?\d+$/.exec(line);
    if (versionLine !== null) version = versionLine[1] ?? '';
    const sourceLine = /^\s+-?\d+ \S+ ([^\s/]+)\/\S+ \S+ Packages$/.exec(line);
    if (sourceLine !== null && version !== '') offered.push([sourceLine[1] ?? '', version]);
  }
  return offered;
}

/** 25 of `1:25.0.7-2~bpo12+1`; NaN where it is no version. */
export function majorVersion(version: string): number {
  return Number.parseInt(version.replace(/^\d+:/, ''), 10);
}
