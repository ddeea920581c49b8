// WebKitGTK through classic WebDriver over HTTP: the nearest thing to Safari's workers and policies that runs on Linux, and the browser
// without WebGPU. Its browser needs a display, so it gets an Xvfb of its own. The protocol is a handful of requests; no library.

import { spawn, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

import type { PageDriver } from './page-driver.ts';

/** Paths of what it takes. */
export interface WebkitInstall {
  readonly driver: string;
  readonly browser: string;
  readonly xvfb: string;
}

const commandLimitMs = 30 * 60_000;
const startLimitMs = 20_000;
const elementKey = 'element-6066-11e4-a52e-4f735466cecf'; // the name the WebDriver standard gives it

/** Starts a browser with one empty page. Throws an Error with the driver's answer where it cannot. */
export async function openWebkit(install: WebkitInstall): Promise<PageDriver> {
  const { display, xvfb } = await startDisplay(install.xvfb);
  const port = await freePort();
  const env: NodeJS.ProcessEnv = { ...process.env, DISPLAY: display };
  // WebKit takes the page's language from here, and with "C" its own Intl refuses it as invalid.
  if (!/^[a-z]{2}_/.test(env['LC_ALL'] ?? env['LANG'] ?? '')) Object.assign(env, { LANG: 'en_US.UTF-8', LC_ALL: 'en_US.UTF-8' });
  // Its process sandbox needs user namespaces, which root in a container does not have.
  if (process.getuid?.() === 0) env['WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS'] = '1';
  const driver = spawn(install.driver, [`--port=${port}`], { env, stdio: 'ignore' });
  const end = (): void => {
    for (const child of [driver, xvfb]) child.kill();
  };
  try {
    const session = await startSession(`http://127.0.0.1:${port}`, install.browser);
    const close = async (): Promise<void> => {
      await session.send('DELETE', '').catch(() => undefined); // it has closed by itself
      end();
    };
    return drive(session, await session.send<string>('GET', '/window'), close);
  } catch (thrown) {
    end();
    throw thrown;
  }
}

function drive(session: Session, handle: string, close: () => Promise<void>): PageDriver {
  const send = async <Result>(method: string, path: string, body?: object): Promise<Result> => {
    await session.show(handle);
    return session.send<Result>(method, path, body);
  };
  return {
    browser: 'webkit',
    complaints: [],
    goto: (url) => send('POST', '/url', { url }),
    async evaluate(run, arg) {
      const script = `const done = arguments[1]; Promise.resolve(arguments[0]).then(${run.toString()}).then((value) => done({ value }), (error) => done({ error: String(error), stack: error?.stack }));`;
      const answer = await send<{ value: never; error?: string; stack?: string }>('POST', '/execute/async', {
        script,
        args: [arg ?? null],
      });
      if (answer.error !== undefined) throw new Error(`${answer.error}\n${answer.stack ?? ''}`);
      return answer.value;
    },
    async click(selector) {
      const element = await send<Readonly<Record<string, string>>>('POST', '/element', { using: 'css selector', value: selector });
      await send('POST', `/element/${element[elementKey]}/click`, {});
    },
    async resize(width, height) {
      await send('POST', '/window/rect', { width, height });
      const inner = await send<{ width: number; height: number }>('POST', '/execute/sync', {
        script: 'return { width: innerWidth, height: innerHeight };',
        args: [],
      });
      await send('POST', '/window/rect', { width: 2 * width - inner.width, height: 2 * height - inner.height });
    },
    async screenshot(path) {
      writeFileSync(path, Buffer.from(await send<string>('GET', '/screenshot'), 'base64'));
    },
    async newPage() {
      const opened = await send<{ handle: string }>('POST', '/window/new', { type: 'tab' });
      return drive(session, opened.handle, close);
    },
    closePage: () => send('DELETE', '/window'), // whoever speaks next shows its own
    close,
  };
}

interface Session {
  send<Result>(method: string, path: string, body?: object): Promise<Result>;
  /** Makes a window the one that commands go to. */
  show(handle: string): Promise<void>;
}

async function startSession(address: string, browser: string): Promise<Session> {
  const request = async <Result>(method: string, path: string, body?: object): Promise<Result> => {
    const response = await fetch(`${address}${path}`, {
      method,
      signal: AbortSignal.timeout(commandLimitMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const { value } = (await response.json()) as { value: unknown }; // every answer of the protocol has this form
    if (response.ok) return value as Result;
    const { error, message } = value as { error: string; message: string };
    throw new Error(`webkit: ${error}: ${message}`);
  };
  await untilReady(() => request('GET', '/status'));
  const options = { binary: browser, args: ['--automation'] };
  const { sessionId } = await request<{ sessionId: string }>('POST', '/session', {
    capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': options } },
  });
  const send: Session['send'] = (method, path, body) => request(method, `/session/${sessionId}${path}`, body);
  await send('POST', '/timeouts', { script: commandLimitMs, pageLoad: 60_000 });
  let shown = await send<string>('GET', '/window');
  return {
    send,
    async show(handle) {
      if (handle === shown) return;
      await send('POST', '/window', { handle });
      shown = handle;
    },
  };
}

async function untilReady(ask: () => Promise<unknown>): Promise<void> {
  const deadline = performance.now() + startLimitMs;
  for (;;) {
    try {
      await ask();
      return;
    } catch (thrown) {
      if (performance.now() > deadline) throw thrown;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** A display of its own; Xvfb finds a free number and says which. */
async function startDisplay(path: string): Promise<{ display: string; xvfb: ChildProcess }> {
  const xvfb = spawn(path, ['-displayfd', '3', '-screen', '0', '1920x1200x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const number = await new Promise<string>((resolve, reject) => {
    xvfb.once('error', reject);
    xvfb.once('exit', (code) => reject(new Error(`webkit: expected a display, but Xvfb ended with ${code}.`)));
    xvfb.stdio[3]?.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()));
  });
  return { display: `:${number}`, xvfb };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on a port, not on a pipe
  await new Promise((resolve) => server.close(resolve));
  return port;
}
