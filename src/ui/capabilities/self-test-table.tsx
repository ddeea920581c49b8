// One self-test: whether it passed, in how many milliseconds, and what each of its checks found.

import type { SelfTest } from '../../core/device-report.ts';
import { t } from '../../state/locale.ts';
import { formatCount } from '../number-format.ts';

/** A self-test as a table; the findings themselves are in English, as every message that is not the page's own. */
export function SelfTestTable({ title, selfTest }: { readonly title: string; readonly selfTest: SelfTest }): preact.JSX.Element {
  const ms = formatCount(selfTest.ms);
  return (
    <section>
      <h3>
        {title}{' '}
        <small class={selfTest.passed ? 'is-good' : 'is-bad'}>
          {selfTest.passed ? t('capabilities.selfTestPassed', { ms }) : t('capabilities.selfTestFailed', { ms })}
        </small>
      </h3>
      <table class="self-test">
        <tbody>
          {selfTest.checks.map(({ name, passed, detail }) => (
            <tr key={name}>
              <th scope="row">{t(`capabilities.${name}`)}</th>
              <td class={passed ? 'is-good' : 'is-bad'}>{t(passed ? 'capabilities.passed' : 'capabilities.failed')}</td>
              <td>{detail}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
