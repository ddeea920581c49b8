// Finds an installed Chrome or Chromium: CHROME_PATH first, then the places the packages of each system use. Nothing is
// downloaded; on Debian as root the test's provisioning installs one.

import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** An installed browser. */
export interface InstalledChromium {
  /** What to start. */
  readonly executablePath: string;
  /** The folder of the real binary, where its libraries lie, and the binary's name in it; null where it is packed otherwise (snap, macOS). */
  readonly folder: { readonly path: string; readonly binary: string } | null;
}

const linuxCommands = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'microsoft-edge'];
const linuxFolders = [
  '/usr/lib/chromium',
  '/usr/lib64/chromium-browser',
  '/usr/lib/chromium-browser',
  '/opt/google/chrome',
  '/opt/chromium.org/chromium',
];
const macApplications = ['Google Chrome', 'Chromium', 'Google Chrome Canary', 'Microsoft Edge'];
const windowsPrograms = [
  'Google\\Chrome\\Application\\chrome.exe',
  'Chromium\\Application\\chrome.exe',
  'Microsoft\\Edge\\Application\\msedge.exe',
];

/** The browser to use, or null where none is installed. Throws where CHROME_PATH names a file that does not exist. */
export function findChromium(env: NodeJS.ProcessEnv = process.env, platform: NodeJS.Platform = process.platform): InstalledChromium | null {
  const chosen = env['CHROME_PATH'];
  if (chosen !== undefined && chosen !== '') {
    if (!existsSync(chosen))
      throw new Error(`CHROME_PATH: expected the path of a Chrome or Chromium, got ${chosen}, which does not exist.`);
    return { executablePath: chosen, folder: folderOf(chosen) };
  }
  const found = candidates(env, platform).find((path) => existsSync(path));
  return found === undefined ? null : { executablePath: found, folder: platform === 'linux' ? folderOf(found) : null };
}

function candidates(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): readonly string[] {
  if (platform === 'darwin') {
    const roots = ['/Applications', join(env['HOME'] ?? '', 'Applications')];
    return roots.flatMap((root) => macApplications.map((name) => join(root, `${name}.app`, 'Contents', 'MacOS', name)));
  }
  if (platform === 'win32') {
    const roots = [env['PROGRAMFILES'], env['PROGRAMFILES(X86)'], env['LOCALAPPDATA']].filter((root) => root !== undefined);
    return roots.flatMap((root) => windowsPrograms.map((program) => `${root}\\${program}`));
  }
  const folders = [...(env['PATH'] ?? '').split(':').filter(Boolean), '/usr/bin', '/usr/local/bin', '/snap/bin'];
  return linuxCommands.flatMap((command) => folders.map((folder) => join(folder, command)));
}

/** The folder that holds the binary and its SwiftShader: the command in PATH is usually a script that starts it. */
function folderOf(executablePath: string): InstalledChromium['folder'] {
  const real = realpathSync(executablePath);
  const folders = [dirname(real), ...linuxFolders.filter((folder) => sameProduct(folder, executablePath))];
  for (const path of folders) {
    if (!existsSync(join(path, 'libvk_swiftshader.so'))) continue;
    const binary = ['chrome', 'chromium', 'chromium-browser', 'msedge'].find((name) => existsSync(join(path, name)));
    if (binary !== undefined) return { path, binary };
  }
  return null;
}

function sameProduct(folder: string, executablePath: string): boolean {
  return folder.includes('google') === basename(executablePath).includes('google');
}
