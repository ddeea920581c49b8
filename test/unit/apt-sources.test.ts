// Reading a machine's package sources in both of apt's formats, and the private list made of them.

import { expect, test } from 'vitest';

import {
  formatListFile,
  majorVersion,
  offeredVersions,
  parseDeb822File,
  parseListFile,
  privateSources,
} from '../../scripts/apt-sources.ts';

const deb822 = `# a comment
Types: deb deb-src
# another
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Enabled: no
Types: deb
URIs: http://off.example/debian
Suites: bookworm
Components: main

Types: deb
URIs: http://other.example/apt
Suites: stable
Components: main
`;

test('deb822 stanzas give one source per suite; disabled ones none', () => {
  const options = 'signed-by=/usr/share/keyrings/debian-archive-keyring.gpg';
  expect(parseDeb822File(deb822)).toEqual([
    { options, uri: 'http://mirror.example/debian', suite: 'bookworm', components: ['main', 'contrib'] },
    { options, uri: 'http://mirror.example/debian', suite: 'bookworm-updates', components: ['main', 'contrib'] },
    { options: '', uri: 'http://other.example/apt', suite: 'stable', components: ['main'] },
  ]);
});

test('one-line lists give binary sources with their options; comments and deb-src lines none', () => {
  const list =
    '# deb http://x bookworm main\ndeb-src http://x bookworm main\ndeb [arch=amd64 signed-by=/k] http://x noble main universe # here\n';
  expect(parseListFile(list)).toEqual([
    { options: 'arch=amd64 signed-by=/k', uri: 'http://x', suite: 'noble', components: ['main', 'universe'] },
  ]);
});

test('the private list holds the distribution’s own suites and, on Debian, backports at the release’s mirror', () => {
  const sources = [...parseListFile('deb http://sec.example/s bookworm-security main\n'), ...parseDeb822File(deb822)];
  const key = '[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]';
  expect(formatListFile(privateSources(sources, 'bookworm', true))).toBe(
    `deb http://sec.example/s bookworm-security main
deb ${key} http://mirror.example/debian bookworm main contrib
deb ${key} http://mirror.example/debian bookworm-updates main contrib
deb ${key} http://mirror.example/debian bookworm-backports main
`,
  );
  expect(privateSources(sources, 'bookworm', false).map(({ suite }) => suite)).not.toContain('bookworm-backports');
  expect(privateSources(sources, 'trixie', true)).toEqual([]);
});

test('the offered versions of a package come with the suite that offers them', () => {
  const policy = `mesa-vulkan-drivers:
  Installed: (none)
  Candidate: 22.3.6-1+deb12u2
  Version table:
     25.0.7-2~bpo12+1 100
        100 http://mirror.example/debian bookworm-backports/main amd64 Packages
 *** 22.3.6-1+deb12u2 500
        500 http://mirror.example/debian bookworm/main amd64 Packages
        100 /var/lib/dpkg/status
`;
  expect(offeredVersions(policy)).toEqual([
    ['bookworm-backports', '25.0.7-2~bpo12+1'],
    ['bookworm', '22.3.6-1+deb12u2'],
  ]);
  expect(['25.0.7-2~bpo12+1', '1:14.0.6-12'].map(majorVersion)).toEqual([25, 14]);
});
