// The system's own packages from the system's own sources, as root on Debian. Nothing is downloaded from anywhere else.

import { hasCommand, runCommand, tryCommand } from './shell.ts';

/** Whether packages can be installed here. */
export function canInstall(): boolean {
  return process.platform === 'linux' && process.getuid?.() === 0 && hasCommand('apt-get');
}

/** Installs packages without their recommendations; throws an Error with apt's last lines where it cannot. */
export function installPackages(names: readonly string[]): void {
  const quiet = { DEBIAN_FRONTEND: 'noninteractive' };
  const install = ['-qq', '-y', '--no-install-recommends', 'install', ...names];
  // A fresh image has no package index; an old index may name versions the mirror no longer has.
  if (tryCommand('apt-get', install, quiet).ok) return;
  runCommand('apt-get', ['-qq', 'update'], quiet);
  runCommand('apt-get', install, quiet);
}
