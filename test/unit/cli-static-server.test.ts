// The static server: what it serves under a sub-path, and what it refuses.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

import { serveFolder } from '../../src/cli/static-server.ts';

async function served(prefix: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-served-'));
  mkdirSync(join(folder, 'site', 'assets'), { recursive: true });
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  writeFileSync(join(folder, 'site', 'index.html'), '<p>page');
  writeFileSync(join(folder, 'site', 'assets', 'a b.js'), 'let a;');
  const server = await serveFolder(join(folder, 'site'), { prefix });
  onTestFinished(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return server.url;
}

test.each(['/', '/a/b/'])('under %s the folder is the page and its files have their types', async (prefix) => {
  const url = await served(prefix);
  const page = await fetch(url);
  expect([page.status, page.headers.get('content-type'), await page.text()]).toEqual([200, 'text/html; charset=utf-8', '<p>page']);
  const script = await fetch(`${url}assets/a%20b.js?v=1`);
  expect([script.status, script.headers.get('content-type'), await script.text()]).toEqual([
    200,
    'text/javascript; charset=utf-8',
    'let a;',
  ]);
});

test('outside the prefix and outside the folder there is nothing', async () => {
  const url = await served('/a/b/');
  const { origin } = new URL(url);
  for (const path of [
    '/',
    '/a/',
    '/a/b/none.js',
    '/a/b/..%2fsecret.txt',
    '/a/b/assets/..%2f..%2fsecret.txt',
    '/a/b/%00',
    '/a/b/%E0%A4%A',
  ]) {
    expect([path, (await fetch(`${origin}${path}`)).status]).toEqual([path, 404]);
  }
  expect((await fetch(url, { method: 'POST' })).status).toBe(405);
});
