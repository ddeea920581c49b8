// Serves a folder of files over HTTP on localhost, under `/` or any sub-path: what any static host does, and no more. Used by
// `serve`, by the headless runs and by the end-to-end tests. It listens on the loopback address only.

import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.md': 'text/markdown; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.ttf': 'font/ttf',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
};

/** A server that is listening. */
export interface StaticServer {
  /** Address of the folder, with a slash at its end. */
  readonly url: string;
  close(): Promise<void>;
}

/** May set headers on the answer for a path under the prefix, or answer itself and return true; the tests' way to play a stranger host. */
export type Intercept = (path: string, response: ServerResponse) => boolean;

/**
 * Serves `folder` under `prefix` (`/` or `/a/b/`). Port 0 takes any free one. Rejects with the system's error where the port is
 * taken.
 */
export async function serveFolder(
  folder: string,
  options: { readonly port?: number; readonly prefix?: string; readonly intercept?: Intercept } = {},
): Promise<StaticServer> {
  const { port = 0, prefix = '/', intercept = () => false } = options;
  const server = createServer((request, response) => {
    const path = decodePath(request.url ?? '/');
    if (request.method !== 'GET' && request.method !== 'HEAD') refuse(response, 405, 'only GET and HEAD');
    else if (path === null || !path.startsWith(prefix)) refuse(response, 404, `nothing here; the page is at ${prefix}`);
    else if (!intercept(path.slice(prefix.length), response))
      sendFile(folder, path.slice(prefix.length), request.method === 'HEAD', response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('serveFolder: expected a port, got none. Report this as a bug.');
  return { url: `http://localhost:${address.port}${prefix}`, close: () => close(server) };
}

function decodePath(url: string): string | null {
  try {
    return decodeURIComponent(url.replace(/[?#].*$/, ''));
  } catch (thrown) {
    if (thrown instanceof URIError) return null;
    throw thrown;
  }
}

function sendFile(folder: string, relativePath: string, isHead: boolean, response: ServerResponse): void {
  const wanted = normalize(join(folder, relativePath));
  const isInside = wanted === normalize(folder) || wanted.startsWith(normalize(folder + sep));
  const file = isInside && existsSync(wanted) && statSync(wanted).isDirectory() ? join(wanted, 'index.html') : wanted;
  if (!isInside || relativePath.includes('\0') || !existsSync(file) || !statSync(file).isFile()) {
    refuse(response, 404, 'no such file');
    return;
  }
  response.setHeader('Content-Type', contentTypes[extname(file)] ?? 'application/octet-stream');
  response.setHeader('Content-Length', statSync(file).size);
  response.setHeader('Cache-Control', 'no-cache');
  response.setHeader('X-Content-Type-Options', 'nosniff');
  if (isHead) {
    response.end();
    return;
  }
  createReadStream(file)
    .on('error', () => response.destroy())
    .pipe(response);
}

function refuse(response: ServerResponse, status: number, reason: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(`${status}: ${reason}\n`);
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
  });
}
