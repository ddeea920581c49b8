// Plan: a program tries to reach a server, the page's storage and the page's state. Nothing arrives. The same text in an ordinary
// worker outside the sandbox does arrive: the control that shows the attack works.

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { attackProgram, controlWorker, networkAttacks, storageAttacks } from '../support/attacks.ts';
import { adapterNamed } from '../support/chromium.ts';
import { startCountingServer } from '../support/counting-server.ts';
import type { CountingServer } from '../support/counting-server.ts';
import { openBuiltPage } from '../support/open-page.ts';
import type { OpenPage } from '../support/open-page.ts';
import { runProgram } from '../support/run-program.ts';

let open: OpenPage;
let server: CountingServer;

beforeAll(async () => {
  server = await startCountingServer();
  open = await openBuiltPage(adapterNamed('swiftshader'));
});

afterAll(async () => {
  await open.close();
  await server.close();
});

/** Runs the text in a classic worker of an empty page without a policy, and looks at what that page sees afterwards. */
async function outsideTheSandbox<Result>(address: string, workerText: string, look: (page: Page) => Promise<Result>): Promise<Result> {
  const page = await open.page.context().newPage();
  await page.goto(address);
  await listen(page);
  await page.evaluate(
    async (text) =>
      new Promise((resolve) => {
        const worker = new Worker(URL.createObjectURL(new Blob([text])));
        worker.onmessage = resolve;
      }),
    workerText,
  );
  const result = await look(page);
  await page.close();
  return result;
}

async function listen(page: Page): Promise<void> {
  await page.evaluate(() => {
    const heard: unknown[] = [];
    Object.assign(window, { heard });
    new BroadcastChannel('lockstep-test').onmessage = ({ data }) => heard.push(data);
  });
}

/** The names that storage of the page's origin holds, as the page itself sees it. */
async function namesInStorage(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const names = (await indexedDB.databases()).map((database) => database.name ?? '');
    names.push(...(await caches.keys()));
    const root = await navigator.storage.getDirectory();
    for await (const name of root.keys()) names.push(name);
    return [...names, ...((window as unknown as { heard: string[] }).heard ?? [])];
  });
}

async function clearStorage(page: Page): Promise<void> {
  await page.evaluate(
    async (names) => {
      for (const name of names) {
        indexedDB.deleteDatabase(name);
        await caches.delete(name);
        await (await navigator.storage.getDirectory()).removeEntry(name).catch(() => undefined);
      }
    },
    storageAttacks.map((attack) => attack.name),
  );
}

/** Names of the attempts that a program reported; what nested workers print of their own is left out. */
function attemptedIn(consoleTexts: readonly string[]): string[] {
  const known = new Set([...networkAttacks, ...storageAttacks].map((attack) => attack.name));
  return consoleTexts.map((text) => text.split(':')[0] ?? '').filter((name) => known.has(name));
}

describe('a hostile program', () => {
  test('reaches no server, by any way that reaches it from outside the sandbox', async () => {
    const names = networkAttacks.map((attack) => attack.name);
    const elsewhere = await startCountingServer(); // an origin other than the server's, like the page's own
    await outsideTheSandbox(`${elsewhere.url}control.html`, controlWorker(networkAttacks, server.url), () => Promise.resolve());
    await elsewhere.close();
    expect([...new Set(server.reached)].sort(), 'the control: every attack works outside').toEqual([...names].sort());

    const before = server.reached.length;
    const { consoleTexts } = await runProgram(open.page, attackProgram(networkAttacks, server.url));
    expect(attemptedIn(consoleTexts), 'every attack was tried').toEqual(names);
    expect(server.reached.slice(before)).toEqual([]);
  });

  test("reaches nothing of the page's storage, by any way that reaches it from outside the sandbox", async () => {
    const names = storageAttacks.map((attack) => attack.name);
    const direct = names.filter((name) => !name.startsWith('nested'));
    await open.page
      .context()
      .route('**/control.html', (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>control</title>' }));
    const found = await outsideTheSandbox(`${open.url}control.html`, controlWorker(storageAttacks, ''), namesInStorage);
    expect(found, 'the control: every attack works outside').toEqual(expect.arrayContaining(direct));
    await clearStorage(open.page);

    await listen(open.page);
    const before = await namesInStorage(open.page);
    const { consoleTexts } = await runProgram(open.page, attackProgram(storageAttacks, ''));
    expect(attemptedIn(consoleTexts), 'every attack was tried').toEqual(names);
    expect(await namesInStorage(open.page)).toEqual(before);
  });

  test('opens no WebTransport', async () => {
    const body = "const transport = new WebTransport(target.replace('http:', 'https:') + name); await transport.ready";
    const { consoleTexts } = await runProgram(open.page, attackProgram([{ name: 'webtransport', body }], server.url));
    expect(consoleTexts).toHaveLength(1);
    expect(consoleTexts[0]).not.toContain('went through');
    expect(server.reached).not.toContain('webtransport');
  });

  test("changes nothing on the page by forged messages, though it gets hold of its worker's ports", async () => {
    // The program catches the ports by patching postMessage. A well-formed event through a caught port arrives: the control.
    const source = `import { program } from 'lockstep';
const ports = new Set<MessagePort>();
const post = MessagePort.prototype.postMessage;
MessagePort.prototype.postMessage = function (this: MessagePort, ...args: unknown[]) { ports.add(this); return Reflect.apply(post, this, args); };
export default program({ title: 'Forger', lanes: ['1xfp32'] }, async (ctx) => {
  await ctx.step(() => 1);
  console.log('makes the worker post an event'); // and its answer to load() went over the other port
  for (let tries = 0; ports.size < 2 && tries < 500; tries++) await new Promise((resolve) => setTimeout(resolve, 10));
  const code = 'globalThis.pwned = 1';
  for (const port of ports) {
    const send = (message: unknown) => Reflect.apply(post, port, [message]);
    for (const path of [['constructor', 'constructor'], ['constructor'], ['__proto__', 'polluted'], []]) {
      for (const type of ['APPLY', 'CONSTRUCT', 'GET', 'ENDPOINT']) send({ id: 'forged', type, path, argumentList: [{ type: 'RAW', value: code }] });
      send({ id: 'forged', type: 'SET', path, value: { type: 'RAW', value: 'yes' } });
    }
    const { port1 } = new MessageChannel();
    Reflect.apply(post, port, [{ id: 'forged', type: 'HANDLER', name: 'proxy', value: port1 }, [port1]]);
    send({ type: 'events', events: [{ type: 'console', line: { level: 'log', rank: 0, text: 'control: a well-formed event' } }] });
    send({ type: 'events', events: [{ type: 'results', results: null }, { type: 'phase', phase: 'done' }, { type: '__proto__' }, null, 7] });
    send({ type: 'events', events: [{ type: 'console', line: { level: 'log', rank: 0, text: '<img src=x onerror="globalThis.pwned = 1">' } }] });
    send({ type: 'need-bytes', name: '../index.html' });
    send(JSON.parse('{"type":"events","events":[{"type":"steps","batch":{"step":[1],"loss":[1],"stepMs":[1],"metrics":{"__proto__":[1]}}}]}'));
  }
  self.postMessage({ type: 'ready' });
  self.postMessage({ type: 'worker-failed', id: 1, reason: 'forged' });
  console.log('forged on ' + ports.size + ' ports');
});
`;
    const { consoleTexts, results } = await runProgram(open.page, source);
    expect(consoleTexts).toContain('control: a well-formed event');
    expect(consoleTexts.join()).toMatch(/forged on 2 ports/);
    expect(results?.lanes[0]?.state).toBe('done');
    const traces = await open.page.evaluate(() => ({
      pwned: (globalThis as Record<string, unknown>)['pwned'],
      polluted: ({} as Record<string, unknown>)['polluted'],
      injected: document.querySelectorAll('img[src="x"]').length,
    }));
    expect(traces).toEqual({ injected: 0 });
  });

  test('leaves the page able to run the next program', async () => {
    const { consoleTexts } = await runProgram(
      open.page,
      "import { program } from 'lockstep';\nexport default program({ lanes: ['1xfp32'] }, () => console.log('still here'));\n",
    );
    expect(consoleTexts).toEqual(['still here']);
    // The browser itself reports what its policy refused and what nested workers did not catch; the page has nothing to complain of.
    const refusals = /Content Security Policy|ERR_|violates|Indexed Database API is denied|importScripts|Failed to fetch/;
    expect(open.complaints.filter((complaint) => !refusals.test(complaint))).toEqual([]);
  });
});
