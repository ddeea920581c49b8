// Firefox and WebKitGTK for the tests: the installed ones, or, as root on Debian, the system's own packages. Firefox's WebGPU gets the
// same Mesa as Chromium's (a Vulkan manifest of its own points at it), so that both run on one driver and can be compared bit by bit.

import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { FirefoxInstall } from '../src/cli/browsers/firefox-driver.ts';
import type { WebkitInstall } from '../src/cli/browsers/webkit-driver.ts';
import { canInstall, installPackages } from './install-packages.ts';
import { provisionMesa } from './provision-mesa.ts';

/** A Firefox whose only Vulkan driver is llvmpipe; throws an Error that says what to do where there is none. */
export function provisionFirefox(cacheFolder: string, say: (line: string) => void): FirefoxInstall {
  const executablePath = installed(['firefox-esr', 'firefox'], ['firefox-esr'], 'Firefox', say);
  const mesa = provisionMesa(cacheFolder, say);
  const manifest = join(cacheFolder, 'llvmpipe-vulkan.json');
  writeFileSync(manifest, JSON.stringify({ file_format_version: '1.0.0', ICD: { library_path: mesa.driver, api_version: '1.3.0' } }));
  const libraries = mesa.libraries === null ? {} : { LD_LIBRARY_PATH: mesa.libraries };
  return { executablePath, env: { VK_DRIVER_FILES: manifest, VK_ICD_FILENAMES: manifest, ...libraries } };
}

/** WebKitGTK's driver, its browser and a display for it; throws an Error that says what to do where they are not there. */
export function provisionWebkit(say: (line: string) => void): WebkitInstall {
  const packages = ['webkit2gtk-driver', 'xvfb'];
  const driver = installed(['WebKitWebDriver'], packages, 'WebKitWebDriver', say);
  const xvfb = installed(['Xvfb'], packages, 'Xvfb', say);
  const browser = miniBrowser();
  if (browser === null) throw new Error('expected WebKitGTK’s MiniBrowser beside its library, got none.');
  return { driver, browser, xvfb };
}

function installed(commands: readonly string[], packages: readonly string[], name: string, say: (line: string) => void): string {
  const found = inPath(commands);
  if (found !== null) return found;
  if (!canInstall()) throw new Error(`expected an installed ${name}, got none. Install ${packages.join(' and ')}.`);
  say(`installing ${packages.join(' and ')} from the system’s package sources`);
  installPackages(packages);
  const path = inPath(commands);
  if (path === null) throw new Error(`expected ${name} after installing ${packages.join(' and ')}, got none.`);
  return path;
}

function inPath(commands: readonly string[]): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(':').filter(Boolean), '/usr/bin'];
  return commands.flatMap((command) => folders.map((folder) => join(folder, command))).find((path) => existsSync(path)) ?? null;
}

function miniBrowser(): string | null {
  const root = '/usr/lib';
  if (!existsSync(root)) return null;
  const folders = [
    root,
    ...readdirSync(root, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [join(root, entry.name)] : [])),
  ];
  const versions = ['webkitgtk-6.0', 'webkit2gtk-4.1', 'webkit2gtk-4.0'];
  return (
    folders.flatMap((folder) => versions.map((version) => join(folder, version, 'MiniBrowser'))).find((path) => existsSync(path)) ?? null
  );
}
