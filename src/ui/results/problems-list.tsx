// The problems of the program as a list: those that stop a run first, a click on each goes to its place.

import { t } from '../../state/locale.ts';
import { usePage } from '../page-context.ts';

/** The list. */
export function ProblemsList(): preact.JSX.Element {
  const { page, verbs } = usePage();
  const problems = [...page.problems.list.value].sort((a, b) => Number(b.stopsRun) - Number(a.stopsRun) || a.line - b.line);
  if (problems.length === 0) return <p class="empty">{t('problem.none')}</p>;
  return (
    <ol class="problems">
      {problems.map((problem) => (
        <li key={`${problem.line}:${problem.column}:${problem.message}`}>
          <button type="button" class={`problem is-${problem.severity}`} onClick={() => verbs.showPlace(problem.line, problem.column)}>
            <span class="problem-place">
              {problem.line}:{problem.column}
            </span>
            <span class="problem-text">{problem.message}</span>
            {problem.stopsRun ? <span class="chip is-bad">{t('problem.stopsRun')}</span> : null}
          </button>
        </li>
      ))}
    </ol>
  );
}
