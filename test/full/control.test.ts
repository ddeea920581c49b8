// Pause, whole: 50 pauses of a run of four ranks. The slice of it in `npm test` is test/e2e/control.test.ts, with 12.

import { expect, test } from 'vitest';

import { quickAdapter } from '../support/chromium.ts';
import { openBuiltPage } from '../support/open-page.ts';
import { expectUndisturbed } from '../support/pauses.ts';

test('pause, step and resume at 50 points of a run of four ranks change no bit', async () => {
  const open = await openBuiltPage(quickAdapter());
  await expectUndisturbed(open, 50);
  expect(open.complaints).toEqual([]);
  await open.close();
});
