// What can be done with a kept run outside of the list: its code goes back into the editor, or all of it into a file.

import { runFileName, writeRunFile } from '../../state/history/run-file.ts';
import type { RunBody, RunHead, RunMarks } from '../../state/history/run-record.ts';
import { t } from '../../state/locale.ts';
import type { Page } from '../page-context.ts';
import { download } from '../timeline/download.ts';

/** Puts a run's code into the editor, as an edit of its own program where the page has that, else as a program from outside. */
export async function bringBackCode(page: Page, head: RunHead): Promise<void> {
  const body = await bodyOrNotice(page, head);
  if (body === null) return;
  const { program } = page;
  const put = (): void => {
    program.edit(body.source);
    page.recorder.continueFrom(program.open.value.id, head.id);
    page.isHistoryOpen.value = false;
    page.notice.say(t('history.broughtBack'));
  };
  if (program.open.value.id === head.programId) put();
  else if (program.originals.some(({ id }) => id === head.programId)) {
    program.choose(head.programId, () => page.notice.say(t('part.refused')), put);
  } else {
    program.openExternal(head.fileName, body.source);
    put();
  }
}

/** Hands a run to the person at the page as a `.run.json` file. */
export async function exportRun(page: Page, head: RunHead, marks: RunMarks): Promise<void> {
  const body = await bodyOrNotice(page, head);
  if (body === null) return;
  const record = { head, body };
  download(runFileName(record), writeRunFile(record, marks));
}

async function bodyOrNotice(page: Page, { id }: RunHead): Promise<RunBody | null> {
  const body = await page.history.body(id);
  if (body === null) page.notice.say(t('history.gone'));
  return body;
}
