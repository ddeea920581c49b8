// `doctor`: what this machine's browser offers to a replica inside the sandbox. The page's capabilities say the same.

import { deviceText } from '../core/device-text.ts';
import { exitCodes } from './exit-codes.ts';
import { openHeadlessPage, type WantedBrowser } from './headless-page.ts';
import type { Terminal } from './run-printer.ts';

/** Prints the report, as text or as JSON, and returns the exit code: a failed self-test is a failure. */
export async function runDoctor(options: WantedBrowser & { readonly isJson: boolean }, root: string, terminal: Terminal): Promise<number> {
  const say = (line: string): void => (options.isJson ? undefined : terminal.write(`${line}\n`));
  const page = await openHeadlessPage(root, options, say);
  try {
    const device = await page.doctor();
    const text = options.isJson
      ? JSON.stringify({ adapterName: page.adapter, ...device }, null, 2)
      : [`browser on    ${page.adapter}`, ...deviceText(device)].join('\n');
    terminal.write(`${text}\n`);
    return device.selfTest?.passed === false ? exitCodes.failed : exitCodes.done;
  } finally {
    await page.close();
  }
}
