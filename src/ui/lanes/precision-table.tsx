// What the precision modes are, where one of them is chosen: each with what it keeps in which format, and who trains like that.

import { precisionMode, precisions } from '../../core/precision/precision-modes.ts';
import { t } from '../../state/locale.ts';

/** The modes, folded up until somebody asks. */
export function PrecisionTable(): preact.JSX.Element {
  return (
    <details class="precision-modes">
      <summary>{t('precision.title')}</summary>
      <dl>
        {precisions.map((name) => {
          const { pass, weights, gradients, optimizer, isLossScaled, source } = precisionMode(name);
          return (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                {t(`precision.${name}`)}
                <small>
                  {[
                    t('precision.pass', { format: t(`precision.pass.${pass}`) }),
                    t('precision.weights', { format: weights }),
                    t('precision.gradients', { format: gradients }),
                    t('precision.optimizer', { format: optimizer }),
                    t('precision.lossScale', { mode: t(isLossScaled ? 'lanes.scale.dynamic' : 'lanes.scale.off') }),
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
