// What is under the table: the console, the views the program showed, the problems of its text. Without a choice of one's own the tab
// follows what happens: problems after a refused Run, views once there are some.

import { useEffect } from 'preact/hooks';
import { t } from '../../state/locale.ts';
import type { TabName } from '../../state/page.ts';
import { lazy } from '../lazy.tsx';
import { formatCount } from '../number-format.ts';
import { usePage } from '../page-context.ts';
import { ConsolePanel } from './console-panel.tsx';
import { ProblemsList } from './problems-list.tsx';

interface Tab {
  readonly name: TabName;
  readonly label: string;
  readonly count: number;
}

const ShownViews = lazy(() => import('./shown-views.tsx'));
const InsidePanel = lazy(() => import('../inside/inside-panel.tsx'));
const TimelinePanel = lazy(() => import('../timeline/timeline-panel.tsx'));
const PrecisionPanel = lazy(() => import('../precision/precision-panel.tsx'));
const ClusterPanel = lazy(() => import('../cluster/cluster-panel.tsx'));
const NumbersPanel = lazy(() => import('../numbers/numbers-panel.tsx'));

function Panel({ name }: { readonly name: TabName }): preact.JSX.Element {
  switch (name) {
    case 'console':
      return <ConsolePanel />;
    case 'views':
      return <ShownViews />;
    case 'inside':
      return <InsidePanel />;
    case 'timeline':
      return <TimelinePanel />;
    case 'precision':
      return <PrecisionPanel />;
    case 'cluster':
      return <ClusterPanel />;
    case 'numbers':
      return <NumbersPanel />;
    case 'problems':
      return <ProblemsList />;
  }
}

/** The tabs and the one that is open. */
export function Tabs(): preact.JSX.Element {
  const { page } = usePage();
  void page.console.revision.value;
  void page.views.revision.value;
  const viewCount = page.views.list().length;
  const tabs: readonly Tab[] = [
    { name: 'console', label: t('tab.console'), count: page.console.entries().length },
    ...(viewCount === 0 ? [] : [{ name: 'views' as const, label: t('tab.views'), count: viewCount }]),
    ...(page.run.input.value === null
      ? []
      : [
          { name: 'timeline' as const, label: t('tab.timeline'), count: 0 },
          { name: 'precision' as const, label: t('tab.precision'), count: 0 },
          { name: 'inside' as const, label: t('tab.inside'), count: 0 },
        ]),
    { name: 'cluster', label: t('tab.cluster'), count: 0 },
    { name: 'numbers', label: t('tab.numbers'), count: 0 },
    { name: 'problems', label: t('tab.problems'), count: page.problems.list.value.length },
  ];
  const chosen = page.chosenTab.value;
  const suitable: TabName =
    page.problems.wasRefused.value || page.run.input.value === null ? 'problems' : viewCount > 0 ? 'views' : 'console';
  const open = tabs.find(({ name }) => name === chosen)?.name ?? suitable;

  useEffect(() => {
    page.inside.isOpen.value = open === 'inside';
  }, [open]);

  function onKeyDown(event: KeyboardEvent): void {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (by === 0) return;
    const next = tabs[(tabs.findIndex(({ name }) => name === open) + by + tabs.length) % tabs.length];
    if (next === undefined) return;
    page.chosenTab.value = next.name;
    document.getElementById(`tab-${next.name}`)?.focus();
  }

  return (
    <section class="tabs">
      <div class="tab-list" role="tablist" aria-label={t('tab.label')} onKeyDown={onKeyDown}>
        {tabs.map(({ name, label, count }) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`tab-${name}`}
            aria-selected={name === open}
            aria-controls="tab-panel"
            tabIndex={name === open ? 0 : -1}
            onClick={() => {
              page.chosenTab.value = name;
            }}
          >
            {label}
            {count > 0 ? <span class="count">{formatCount(count)}</span> : null}
          </button>
        ))}
      </div>
      <div class="tab-panel" role="tabpanel" id="tab-panel" aria-labelledby={`tab-${open}`}>
        <Panel name={open} />
      </div>
    </section>
  );
}
