// The details of one kept run: where its code came from and where it went, what somebody noted, and what can be done with it.

import type { ComponentChildren } from 'preact';
import { noMarks } from '../../state/history/run-record.ts';
import type { RunHead } from '../../state/history/run-record.ts';
import { parseTags } from '../../state/history/run-filter.ts';
import { t } from '../../state/locale.ts';
import { usePage } from '../page-context.ts';
import type { Page } from '../page-context.ts';
import { VerifyKeptButton, VerifyLines } from '../verdict/verify-line.tsx';
import { bringBackCode, exportRun } from './run-actions.ts';
import type { ListView } from './run-browser.tsx';
import { fullRunName, runTime } from './run-words.ts';

/** So many of the runs that were edited from one are named. */
const mostChildren = 5;

/** What folds out below a run. */
export function RunDetails({ head, view }: { readonly head: RunHead; readonly view: ListView }): preact.JSX.Element {
  const { page } = usePage();
  const { history } = page;
  const { id } = head;
  const marks = history.marks.value.get(id) ?? noMarks(id);
  return (
    <div class="history-details">
      <dl>
        <dt>{head.fileName}</dt>
        <dd>{head.shortForm}</dd>
        <Lineage head={head} page={page} />
      </dl>
      <label>
        <span>{t('history.tags')}</span>
        <input
          type="text"
          value={marks.tags.join(', ')}
          placeholder={t('history.tagsHint')}
          onChange={(event) => history.mark(id, { tags: parseTags(event.currentTarget.value) })}
        />
      </label>
      <label>
        <span>{t('history.note')}</span>
        <textarea rows={2} value={marks.note} onChange={(event) => history.mark(id, { note: event.currentTarget.value })} />
      </label>
      <div class="history-verbs">
        <Verb hint={t('history.bringBackHint')} onPress={() => void bringBackCode(page, head)}>
          {t('history.bringBack')}
        </Verb>
        {isHere(page, head.parentId) ? (
          <Verb
            hint={t('history.thisRunHint')}
            onPress={() => {
              if (head.parentId !== null) page.comparedPair.value = [head.parentId, id];
            }}
          >
            {t('history.compareParent')}
          </Verb>
        ) : null}
        <VerifyKeptButton head={head} />
        <Verb hint={t('history.exportHint')} onPress={() => void exportRun(page, head, marks)}>
          {t('history.export')}
        </Verb>
        <Verb
          onPress={() => {
            history.remove([id]);
            view.expanded.value = null;
          }}
        >
          {t('history.delete')}
        </Verb>
      </div>
      <VerifyLines keys={[{ key: id, label: head.label, steps: head.steps }]} />
    </div>
  );
}

function Verb(props: { readonly hint?: string; readonly onPress: () => void; readonly children: ComponentChildren }): preact.JSX.Element {
  return (
    <button type="button" class="quiet-button" {...(props.hint === undefined ? {} : { title: props.hint })} onClick={props.onPress}>
      {props.children}
    </button>
  );
}

/** The run it was edited from, and those that were edited from it, each as a way to compare the two. */
function Lineage({ head, page }: { readonly head: RunHead; readonly page: Page }): preact.JSX.Element {
  const heads = page.history.heads.value;
  const parent = heads.find(({ id }) => id === head.parentId);
  const children = heads.filter(({ parentId }) => parentId === head.id).slice(0, mostChildren);
  const link = (other: RunHead, pair: readonly [string, string]): preact.JSX.Element => (
    <button
      key={other.id}
      type="button"
      class="link"
      title={runTime(other)}
      onClick={() => {
        page.comparedPair.value = pair;
      }}
    >
      {fullRunName(other)}
    </button>
  );
  return (
    <>
      {head.parentId === null ? null : (
        <>
          <dt>{t('history.editedFrom')}</dt>
          <dd>{parent === undefined ? t('history.parentGone') : link(parent, [parent.id, head.id])}</dd>
        </>
      )}
      {children.length === 0 ? null : (
        <>
          <dt>{t('history.editedInto')}</dt>
          <dd>{children.map((child) => link(child, [head.id, child.id]))}</dd>
        </>
      )}
    </>
  );
}

function isHere(page: Page, id: string | null): boolean {
  return page.history.heads.value.some((head) => head.id === id);
}
