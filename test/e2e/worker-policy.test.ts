// Plan: a host whose own policy is stricter than the page's. Where it refuses `data:` workers, `blob:` workers stand in, the page says so,
// and a program still reaches neither network nor storage; where it refuses those too, a card says what to do.

import type { ServerResponse } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';

import { attackProgram, networkAttacks, storageAttacks } from '../support/attacks.ts';
import { startCountingServer } from '../support/counting-server.ts';
import { openPage } from '../support/open-any.ts';
import { runProgram } from '../support/run-program.ts';

/** A host that sends this policy with the sandbox's frame. */
function hostPolicy(policy: string): (path: string, response: ServerResponse) => boolean {
  return (path, response) => {
    if (path.startsWith('runner.html')) response.setHeader('Content-Security-Policy', policy);
    return false;
  };
}

test('where data: workers are refused a program runs in a blob: worker, the page says so, and network and storage stay shut', async () => {
  const server = await startCountingServer();
  const { page, close } = await openPage({ intercept: hostPolicy('worker-src blob:') });
  onTestFinished(async () => {
    await close();
    await server.close();
  });
  const report = await page.evaluate(() => window.lockstepPage?.doctor(), null);
  expect(report?.notes.join()).toContain('refuses data: workers');

  const attacks = [...networkAttacks, ...storageAttacks];
  const { consoleTexts, results } = await runProgram(page, attackProgram(attacks, server.url));
  expect(results?.lanes[0]?.state).toBe('done');
  const tried = attacks.filter(({ name }) => consoleTexts.some((text) => text.startsWith(`${name}: `)));
  expect(tried).toEqual(attacks);
  expect(server.reached).toEqual([]);
  const stored = await page.evaluate(async () => {
    const names = (await indexedDB.databases()).map((database) => database.name ?? '');
    const storage = navigator.storage as StorageManager | undefined; // not in every browser, whatever the type says
    if (storage !== undefined) for await (const name of (await storage.getDirectory()).keys()) names.push(name);
    return [...names, ...(await caches.keys())];
  }, null);
  expect(stored.filter((name) => attacks.some((attack) => attack.name === name))).toEqual([]);
});

test('where no worker may be started a run fails with what to allow', async () => {
  const { page, close } = await openPage({ intercept: hostPolicy("worker-src 'none'") });
  onTestFinished(close);
  const { failures } = await runProgram(
    page,
    "import { program } from 'lockstep';\nexport default program({ lanes: ['1xfp32'] }, () => 1);\n",
  );
  expect(failures.map(({ code }) => code)).toEqual(['not-supported']);
  expect(failures[0]?.message).toMatch(/refused data: and blob: workers alike\. Allow “worker-src data: blob:”/);
});
