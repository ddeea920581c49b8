// A server that counts who reached it: every request's path, web sockets included. It answers any origin with a script that does
// nothing, so that nothing but the sandbox stands in an attack's way, and `control.html` with an empty page.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface CountingServer {
  /** Ends with a slash. */
  readonly url: string;
  /** Names that arrived, in order of arrival. */
  readonly reached: readonly string[];
  close(): Promise<void>;
}

/** Starts one on a free port of this machine. */
export async function startCountingServer(): Promise<CountingServer> {
  const reached: string[] = [];
  const server = createServer((request, response) => {
    const name = (request.url ?? '').slice(1);
    if (name === 'control.html') {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<!doctype html><title>control</title>');
      return;
    }
    reached.push(name);
    response.writeHead(200, { 'content-type': 'text/javascript', 'access-control-allow-origin': '*' });
    response.end('0;');
  });
  server.on('upgrade', (request, socket) => {
    reached.push((request.url ?? '').slice(1));
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on a port, not on a pipe
  return {
    url: `http://127.0.0.1:${port}/`,
    reached,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
