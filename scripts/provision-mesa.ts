// Mesa's CPU driver (llvmpipe), version 25 or newer: Dawn refuses older ones. Where the system's own is new enough it is used;
// elsewhere the packages are fetched with a private apt configuration (own list of sources, own index and archive folders, no
// locks of the system, no root) and unpacked into `.cache/mesa`, so the system's own Mesa is neither replaced nor touched.
// The private list holds the machine's own sources and, on Debian, the backports suite at the same mirror.

import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import {
  formatListFile,
  majorVersion,
  offeredVersions,
  parseDeb822File,
  parseListFile,
  privateSources,
  type AptSource,
} from './apt-sources.ts';
import { hasCommand, runCommand, tryCommand } from './shell.ts';

/** Where the driver lies. */
export interface MesaDriver {
  readonly version: string;
  /** Path of libvulkan_lvp.so. */
  readonly driver: string;
  /** Folder of the libraries it needs, or null where they are the system's. */
  readonly libraries: string | null;
}

const driverPackage = 'mesa-vulkan-drivers';
const oldestMajor = 25;

/** The driver, provided if need be. Throws an Error that says why where it cannot be. */
export function provisionMesa(cacheFolder: string, say: (line: string) => void): MesaDriver {
  if (process.platform !== 'linux') throw new Error(`llvmpipe needs Linux, this is ${process.platform}`);
  const installed = systemDriver();
  if (installed !== null) return installed;
  if (!hasCommand('apt-get') || !hasCommand('dpkg')) throw new Error(`no Mesa ${oldestMajor} here, and no apt to fetch it with`);
  const folder = join(cacheFolder, 'mesa');
  return unpackedDriver(folder) ?? fetchDriver(cacheFolder, folder, say);
}

function systemDriver(): MesaDriver | null {
  const status = tryCommand('dpkg-query', ['-W', '-f', '${Status} ${Version}', driverPackage]);
  const version = /^install ok installed (\S+)/.exec(status.stdout)?.[1];
  if (version === undefined || majorVersion(version) < oldestMajor) return null;
  const driver = tryCommand('dpkg', ['-L', driverPackage])
    .stdout.split('\n')
    .find((path) => path.endsWith('/libvulkan_lvp.so'));
  return driver === undefined ? null : { version, driver, libraries: null };
}

function unpackedDriver(folder: string): MesaDriver | null {
  const versionFile = join(folder, 'version');
  if (!existsSync(versionFile)) return null;
  const libraries = libraryFolder(folder);
  return libraries === null
    ? null
    : { version: readFileSync(versionFile, 'utf8').trim(), driver: join(libraries, 'libvulkan_lvp.so'), libraries };
}

function libraryFolder(folder: string): string | null {
  const usrLib = join(folder, 'usr', 'lib');
  if (!existsSync(usrLib)) return null;
  return (
    readdirSync(usrLib)
      .map((name) => join(usrLib, name))
      .find((path) => existsSync(join(path, 'libvulkan_lvp.so'))) ?? null
  );
}

function fetchDriver(cacheFolder: string, folder: string, say: (line: string) => void): MesaDriver {
  const aptFolder = join(cacheFolder, 'apt');
  const apt = privateApt(aptFolder);
  say('fetching the package index for Mesa (private to this project)');
  runCommand('apt-get', [...apt, '-qq', 'update']);
  const offered = offeredVersions(runCommand('apt-cache', [...apt, 'policy', driverPackage]));
  const suitable = offered.find(([, version]) => majorVersion(version) >= oldestMajor);
  if (suitable === undefined) {
    throw new Error(
      `expected Mesa ${oldestMajor} or newer from the machine's package sources, got ${offered.map(([, version]) => version).join(', ') || 'none'}`,
    );
  }
  const [suite, version] = suitable;
  say(`fetching Mesa ${version} from ${suite} (about 20 MB)`);
  // Exactly what an installation would add or raise beside what the system has; the archives are only unpacked.
  runCommand('apt-get', [...apt, '-qq', '-y', '--no-install-recommends', '--download-only', '-t', suite, 'install', driverPackage]);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const archives = join(aptFolder, 'cache', 'archives');
  for (const archive of readdirSync(archives).filter((name) => name.endsWith('.deb')))
    runCommand('dpkg', ['-x', join(archives, archive), folder]);
  rmSync(aptFolder, { recursive: true, force: true });
  writeFileSync(join(folder, 'version'), `${version}\n`);
  const unpacked = unpackedDriver(folder);
  if (unpacked === null) throw new Error(`expected libvulkan_lvp.so in ${driverPackage} ${version}, got a package without it`);
  return unpacked;
}

/** The options that turn apt away from the system's folders. */
function privateApt(aptFolder: string): readonly string[] {
  for (const name of ['lists/partial', 'cache/archives/partial']) mkdirSync(join(aptFolder, name), { recursive: true });
  const release = readFileSync('/etc/os-release', 'utf8');
  const codename = /^VERSION_CODENAME=(.+)$/m.exec(release)?.[1]?.replaceAll('"', '') ?? '';
  const sources = privateSources(systemSources(), codename, /^ID=debian$/m.test(release));
  if (sources.length === 0) throw new Error(`expected package sources for "${codename}" on this machine, got none`);
  const list = join(aptFolder, 'sources.list');
  writeFileSync(list, formatListFile(sources));
  const settings = {
    'Dir::Etc::sourcelist': list,
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::State::lists': join(aptFolder, 'lists'),
    'Dir::Cache': join(aptFolder, 'cache'),
    // Images often empty the archive folder after every command; these archives are still to be unpacked.
    'DPkg::Post-Invoke': '',
    'APT::Update::Post-Invoke': '',
    'APT::Keep-Downloaded-Packages': 'true',
    'APT::Sandbox::User': '', // apt's own user cannot write into the project's folder
    'Acquire::Languages': 'none',
    'Debug::NoLocking': '1', // the locks guard the system's state, which is only read
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
}

function systemSources(): readonly AptSource[] {
  const parts = '/etc/apt/sources.list.d';
  const files = [...(existsSync(parts) ? readdirSync(parts).map((name) => join(parts, name)) : []), '/etc/apt/sources.list'];
  return files
    .filter((file) => existsSync(file))
    .flatMap((file) => {
      if (file.endsWith('.list')) return parseListFile(readFileSync(file, 'utf8'));
      return file.endsWith('.sources') ? parseDeb822File(readFileSync(file, 'utf8')) : [];
    });
}
