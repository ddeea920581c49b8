// `serve`: the built page on localhost, until Ctrl+C. This is also `npm start`.

import { ensureBuiltPage } from './built-page.ts';
import { exitCodes } from './exit-codes.ts';
import type { Terminal } from './run-printer.ts';
import { serveFolder, type StaticServer } from './static-server.ts';
import { UsageError } from './usage-error.ts';

const usualPort = 4173;

/** Serves until interrupted and returns the exit code; a port that was asked for and is taken is bad usage. */
export async function runServe(port: number | null, root: string, terminal: Terminal): Promise<number> {
  const folder = await ensureBuiltPage(root, (line) => terminal.write(`${line}\n`));
  const server = await listen(folder, port);
  terminal.write(`Lockstep is at ${server.url} (Ctrl+C ends it)\n`);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await server.close();
  return exitCodes.done;
}

async function listen(folder: string, port: number | null): Promise<StaticServer> {
  try {
    return await serveFolder(folder, { port: port ?? usualPort });
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw thrown;
    if (port !== null) throw new UsageError(`--port: expected a free port, got ${port}, which is taken. Leave it out to take any.`);
    return serveFolder(folder);
  }
}
