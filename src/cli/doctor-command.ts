// `doctor`: what this machine's browser offers to a replica inside the sandbox.

import type { DeviceReport } from '../train/telemetry.ts';
import { exitCodes } from './exit-codes.ts';
import { openHeadlessPage, type WantedBrowser } from './headless-page.ts';
import type { Terminal } from './run-printer.ts';

/** Prints the report, as text or as JSON, and returns the exit code. */
export async function runDoctor(options: WantedBrowser & { readonly isJson: boolean }, root: string, terminal: Terminal): Promise<number> {
  const say = (line: string): void => (options.isJson ? undefined : terminal.write(`${line}\n`));
  const page = await openHeadlessPage(root, options, say);
  try {
    const device = await page.doctor();
    const text = options.isJson
      ? JSON.stringify({ adapterName: page.adapter, ...device }, null, 2)
      : formatDoctor(page.adapter, device).join('\n');
    terminal.write(`${text}\n`);
    return exitCodes.done;
  } finally {
    await page.close();
  }
}

/** The report as lines. */
export function formatDoctor(name: string, device: DeviceReport): readonly string[] {
  const { adapter, backend, f16, features, limits, notes } = device;
  const said = Object.entries(adapter)
    .filter(([, value]) => value !== '')
    .map(([key, value]) => `${key} ${value}`);
  const limitWidth = Math.max(0, ...Object.keys(limits).map((key) => key.length));
  return [
    `browser on    ${name}`,
    `backend       ${backend}`,
    `adapter       ${said.length === 0 ? 'does not say its name' : said.join(', ')}`,
    `fp16 lanes    ${f16}`,
    `features      ${features.toSorted().join(', ') || 'none'}`,
    'limits',
    ...Object.entries(limits)
      .toSorted(([a], [b]) => a.localeCompare(b))
      .map(([key, value]) => `  ${key.padEnd(limitWidth)}  ${value}`),
    notes.length === 0 ? 'nothing fell back' : 'what fell back, and why',
    ...notes.map((note) => `  ${note}`),
  ];
}
