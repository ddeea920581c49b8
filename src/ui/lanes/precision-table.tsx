// What the precision modes are, where one of them is chosen: each with what it keeps in which format, and who trains like that.

import { precisionMode, precisions } from '../../core/precision/precision-modes.ts';
import { t } from '../../state/locale.ts';

/** The modes, folded up until somebody asks. */
export function PrecisionTable(): preact.JSX.Element {
  return (
    <details class="precision-modes">
      <summary>{t('mode.title')}</summary>
      <dl>
        {precisions.map((name) => {
          const { pass, weights, gradients, optimizer, isLossScaled, source } = precisionMode(name);
          return (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                {t(`mode.${name}`)}
                <small>
                  {[
                    t('mode.pass', { format: t(`mode.pass.${pass}`) }),
                    t('mode.weights', { format: weights }),
                    t('mode.gradients', { format: gradients }),
                    t('mode.optimizer', { format: optimizer }),
                    t('mode.lossScale', { mode: t(isLossScaled ? 'lanes.scale.dynamic' : 'lanes.scale.off') }),
                    source,
                  ].join(' · ')}
                </small>
              </dd>
            </div>
          );
        })}
      </dl>
    </details>
  );
}
