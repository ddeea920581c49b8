// A Chromium whose only WebGPU adapter is Mesa's llvmpipe, with native shader-f16: a copy of the browser's folder in which
// libvk_swiftshader.so is the shim of scripts/llvmpipe. The binary itself is copied, not linked, because it looks for its files
// beside itself; everything else is linked. The folder is built aside and renamed, so a half-built one is never used.

import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import type { ProvisionedBrowsers } from '../src/cli/adapters.ts';
import type { InstalledChromium } from '../src/cli/find-chromium.ts';
import { provisionCompiler } from './provision-chromium.ts';
import { provisionMesa } from './provision-mesa.ts';
import { runCommand } from './shell.ts';

const shimName = 'libvk_swiftshader.so';
const manifestName = 'vk_swiftshader_icd.json';
// Chromium's own manifest says Vulkan 1.0.5; its loader (1.4) believes that, asks Mesa for a 1.0 instance, and then every limit of
// 1.1 and later reads as zero: no context, no adapter.
const manifest = JSON.stringify({ file_format_version: '1.0.0', ICD: { library_path: `./${shimName}`, api_version: '1.3.0' } });

/** Provides the browser on llvmpipe under `cacheFolder`; throws an Error that says why where it cannot. */
export function provisionLlvmpipe(
  root: string,
  cacheFolder: string,
  chromium: InstalledChromium,
  say: (line: string) => void,
): NonNullable<ProvisionedBrowsers['llvmpipe']> {
  const mesa = provisionMesa(cacheFolder, say);
  if (chromium.folder === null) throw new Error(`expected a Chromium installed as a plain folder, got ${chromium.executablePath}`);
  const { path: source, binary } = chromium.folder;
  const shimSource = join(root, 'scripts', 'llvmpipe', 'llvmpipe-icd.c');
  const target = join(cacheFolder, 'chromium-llvmpipe');
  const stamp = stampOf(join(source, binary), shimSource);
  const stampFile = join(target, 'provisioned');
  if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== stamp) {
    provisionCompiler(say);
    say('building the llvmpipe shim and a copy of Chromium beside it');
    const building = `${target}.building`;
    rmSync(building, { recursive: true, force: true });
    mkdirSync(building, { recursive: true });
    const replaced = new Set([binary, shimName, manifestName]);
    for (const name of readdirSync(source).filter((entry) => !replaced.has(entry))) symlinkSync(join(source, name), join(building, name));
    copyFileSync(join(source, binary), join(building, binary));
    chmodSync(join(building, binary), 0o755);
    runCommand('gcc', ['-shared', '-fPIC', '-O2', '-Wall', '-Wextra', '-o', join(building, shimName), shimSource, '-ldl']);
    writeFileSync(join(building, manifestName), manifest);
    writeFileSync(join(building, 'provisioned'), stamp);
    rmSync(target, { recursive: true, force: true });
    renameSync(building, target);
  }
  const runtimeFolder = join(cacheFolder, 'runtime');
  mkdirSync(runtimeFolder, { recursive: true, mode: 0o700 });
  const libraries = mesa.libraries === null ? {} : { LD_LIBRARY_PATH: mesa.libraries };
  return { executablePath: join(target, binary), env: { LLVMPIPE_ICD: mesa.driver, XDG_RUNTIME_DIR: runtimeFolder, ...libraries } };
}

/** Changes when the browser was updated or the shim edited. */
function stampOf(binary: string, shimSource: string): string {
  const { size, mtimeMs } = statSync(binary);
  return createHash('sha256').update(`${binary} ${size} ${mtimeMs}\n`).update(manifest).update(readFileSync(shimSource)).digest('hex');
}
