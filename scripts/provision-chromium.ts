// A Chrome or Chromium to test in: the installed one, or, as root on Debian, the system's own package from the system's own
// sources. Nothing is downloaded from anywhere else.

import { findChromium, type InstalledChromium } from '../src/cli/find-chromium.ts';
import { canInstall, installPackages } from './install-packages.ts';
import { hasCommand } from './shell.ts';

/** A face for Latin text and one for Chinese: a bare image has neither, and screenshots would show boxes. */
const fontPackages = ['fonts-liberation', 'fonts-wqy-zenhei'];

/** The browser, installed if need be and possible; throws an Error that says what to do otherwise. */
export function provisionChromium(say: (line: string) => void): InstalledChromium {
  const installed = findChromium();
  if (installed !== null) return installed;
  if (!canInstall()) throw new Error('expected an installed Chrome or Chromium, got none. Install one, or set CHROME_PATH.');
  say('installing chromium from the system’s package sources');
  installPackages(['chromium', ...fontPackages]);
  const found = findChromium();
  if (found === null) throw new Error('expected chromium after installing its package, got none. Set CHROME_PATH.');
  return found;
}

/** Makes sure a C compiler is there; throws an Error that says so where it is not and cannot be installed. */
export function provisionCompiler(say: (line: string) => void): void {
  if (hasCommand('gcc')) return;
  if (!canInstall()) throw new Error('building the driver shim needs gcc, which is not installed');
  say('installing gcc from the system’s package sources');
  installPackages(['gcc', 'libc6-dev']);
}
