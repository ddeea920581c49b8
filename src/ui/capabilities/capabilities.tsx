// What computes here, all of it: backend and adapter, what each lane uses, what fell back and why, the self-test, features and limits.
// `doctor` prints the same; "copy as text" copies its lines.

import type { DeviceReport } from '../../core/device-report.ts';
import { deviceText } from '../../core/device-text.ts';
import { laneUses } from '../../core/lane-use.ts';
import { t } from '../../state/locale.ts';
import { CloseIcon, CopyIcon } from '../icons.tsx';
import { formatCount } from '../number-format.ts';
import { usePage } from '../page-context.ts';
import { adapterName, backendTitles } from './device-words.ts';
import { SelfTestTable } from './self-test-table.tsx';
import '../styles/capabilities.css';

/** A device report, whole. */
export default function Capabilities({
  report,
  onClose,
}: {
  readonly report: DeviceReport;
  readonly onClose: () => void;
}): preact.JSX.Element {
  const { verbs } = usePage();
  return (
    <div class="help-body">
      <header>
        <h2 id="capabilities-title">{t('capabilities.title')}</h2>
        <span class="capabilities-verbs">
          <button type="button" class="quiet-button capabilities-copy" onClick={() => verbs.copy(deviceText(report).join('\n'))}>
            <CopyIcon /> {t('capabilities.copy')}
          </button>
          <button type="button" class="icon-button" onClick={onClose} aria-label={t('capabilities.close')}>
            <CloseIcon />
          </button>
        </span>
      </header>
      <dl class="capabilities-facts">
        <Fact term={t('capabilities.backend')}>{backendTitles[report.backend]}</Fact>
        <Fact term={t('capabilities.adapter')}>{adapterName(report)}</Fact>
        <Fact term={t('capabilities.features')}>{report.features.join(', ') || t('capabilities.none')}</Fact>
      </dl>
      <section>
        <h3>{t('capabilities.lanes')}</h3>
        <LaneUseTable report={report} />
      </section>
      <section>
        <h3>{t('capabilities.notes')}</h3>
        {report.notes.length === 0 ? <p>{t('capabilities.nothingFellBack')}</p> : null}
        <ul class="capabilities-notes">
          {report.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      </section>
      {report.selfTest === null ? null : <SelfTestTable title={t('capabilities.selfTest')} selfTest={report.selfTest} />}
      {report.fallbacks.map(({ backend, reason, selfTest }) =>
        selfTest === null ? null : (
          <SelfTestTable key={reason} title={t('capabilities.selfTestOf', { backend: backendTitles[backend] })} selfTest={selfTest} />
        ),
      )}
      <Limits limits={report.limits} />
    </div>
  );
}

function Fact({ term, children }: { readonly term: string; readonly children: preact.ComponentChildren }): preact.JSX.Element {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function LaneUseTable({ report }: { readonly report: DeviceReport }): preact.JSX.Element {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{t('capabilities.lane')}</th>
          <th scope="col">{t('capabilities.storage')}</th>
          <th scope="col">{t('capabilities.arithmetic')}</th>
          <th scope="col">{t('capabilities.memory')}</th>
          <th scope="col">{t('capabilities.speed')}</th>
        </tr>
      </thead>
      <tbody>
        {laneUses(report).map(({ precision, storage, arithmetic, isMemoryCounted, isSpeedComparable }) => (
          <tr key={precision}>
            <th scope="row">{precision}</th>
            <td title={storage === 'f32' ? undefined : t(`f16.${storage}.hint`)}>
              {storage === 'f32' ? 'f32' : t(precision === 'bf16' ? `f16.${storage}.short` : `f16.${storage}`)}
            </td>
            <td>{arithmetic}</td>
            <td>{t(isMemoryCounted ? 'capabilities.memoryCounted' : 'capabilities.memoryNotCounted')}</td>
            <td>{t(isSpeedComparable ? 'capabilities.speedMeasured' : 'capabilities.noClaim')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Limits({ limits }: Pick<DeviceReport, 'limits'>): preact.JSX.Element | null {
  const entries = Object.entries(limits).toSorted(([a], [b]) => a.localeCompare(b));
  if (entries.length === 0) return null;
  return (
    <section>
      <h3>{t('capabilities.limits')}</h3>
      <dl class="capabilities-limits">
        {entries.map(([name, value]) => (
          <Fact key={name} term={name}>
            {formatCount(value)}
          </Fact>
        ))}
      </dl>
    </section>
  );
}
