// The WebGPU adapters a headless Chromium can be started on: the machine's own GPU, SwiftShader (in every Chromium; no
// shader-f16) and Mesa's llvmpipe (a provisioned copy of Chromium; native shader-f16). The command line, the browser tests and
// the end-to-end tests all start browsers from these descriptions, so a result of one can be repeated in another.
//
// What provisioning found and built stands in `.cache/browsers.json`; without it an installed browser is looked for.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import type { FirefoxInstall } from './browsers/firefox-driver.ts';
import type { WebkitInstall } from './browsers/webkit-driver.ts';
import { findChromium } from './find-chromium.ts';

export const adapterNames = ['gpu', 'llvmpipe', 'swiftshader'] as const;
export type AdapterName = (typeof adapterNames)[number];

/** How to start a browser on one adapter. */
export interface Adapter {
  readonly name: AdapterName;
  readonly executablePath: string;
  readonly args: readonly string[];
  /** Variables beside those of the process. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether WGSL's `enable f16` works; null where only a look at the adapter can tell. */
  readonly hasShaderF16: boolean | null;
}

/** The contents of `.cache/browsers.json`: what provisioning left, absolute paths of this machine. */
export interface ProvisionedBrowsers {
  readonly schemaVersion: 2;
  readonly chromium: string | null;
  readonly llvmpipe: { readonly executablePath: string; readonly env: Readonly<Record<string, string>> } | null;
  readonly firefox: FirefoxInstall | null;
  readonly webkit: WebkitInstall | null;
  /** Adapters and browsers that could not be provided, and why, as sentences. */
  readonly missing: readonly { readonly name: AdapterName | 'firefox' | 'webkit'; readonly reason: string }[];
}

/** Where provisioning writes, under the project's root. */
export function provisionedPath(root: string): string {
  return join(root, '.cache', 'browsers.json');
}

// Nothing but the page itself: no updates, no background traffic, no first-run screens.
const quietArgs = [
  '--headless=new',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--enable-unsafe-webgpu',
];
// The sandbox of the browser's processes needs user namespaces, which root in a container does not have.
const rootArgs = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
const swiftshaderArgs = [...quietArgs, ...rootArgs, '--use-webgpu-adapter=swiftshader'];
const gpuArgs = [...quietArgs, ...rootArgs, ...(process.platform === 'linux' ? ['--enable-features=Vulkan', '--use-angle=vulkan'] : [])];

/** The adapters that can be started here, best first: the GPU where the machine has one, then llvmpipe, then SwiftShader. */
export function findAdapters(root: string): readonly Adapter[] {
  const provisioned = readProvisioned(root);
  const chromium = provisioned?.chromium ?? findChromium()?.executablePath ?? null;
  const adapters: Adapter[] = [];
  if (chromium !== null && hasGpu()) adapters.push({ name: 'gpu', executablePath: chromium, args: gpuArgs, env: {}, hasShaderF16: null });
  if (provisioned?.llvmpipe) {
    const { executablePath, env } = provisioned.llvmpipe;
    const args = [...swiftshaderArgs, '--disable-gpu-sandbox']; // the driver's libraries lie outside what the sandbox allows
    adapters.push({ name: 'llvmpipe', executablePath, args, env, hasShaderF16: true });
  }
  if (chromium !== null)
    adapters.push({ name: 'swiftshader', executablePath: chromium, args: swiftshaderArgs, env: {}, hasShaderF16: false });
  return adapters;
}

/** The provisioned Firefox: on the machine's own GPU where it has one and llvmpipe is not asked for. Null where there is none. */
export function findFirefox(root: string, adapter: AdapterName | null): FirefoxInstall | null {
  const install = readProvisioned(root)?.firefox ?? null;
  return install !== null && hasGpu() && adapter !== 'llvmpipe' ? { ...install, env: {} } : install;
}

/** The provisioned WebKitGTK, or null where there is none. */
export function findWebkit(root: string): WebkitInstall | null {
  return readProvisioned(root)?.webkit ?? null;
}

/** What provisioning left, or null where it has not run or what it left is gone. */
function readProvisioned(root: string): ProvisionedBrowsers | null {
  const path = provisionedPath(root);
  if (!existsSync(path)) return null;
  // Written by scripts/provision.ts of the same checkout; a browser removed since then is looked for again.
  const found = JSON.parse(readFileSync(path, 'utf8')) as ProvisionedBrowsers;
  const isUsable =
    found.schemaVersion === 2 &&
    [found.chromium, found.llvmpipe?.executablePath, found.firefox?.executablePath, found.webkit?.driver]
      .filter((file) => typeof file === 'string')
      .every((file) => existsSync(file));
  return isUsable ? found : null;
}

/** Whether a GPU is likely: always on a Mac or on Windows, on Linux where the kernel made a device file for one. */
function hasGpu(): boolean {
  if (process.platform !== 'linux') return true;
  const isRenderNode = (name: string): boolean => name.startsWith('renderD');
  return existsSync('/dev/nvidia0') || (existsSync('/dev/dri') && readdirSync('/dev/dri').some(isRenderNode));
}
