// `window.lockstepPage`: the page as the command line and the end-to-end tests drive it. Each verb is what a button calls.

import { traceOf } from '../state/trace.ts';
import type { PageApi } from '../state/page-api.ts';
import type { PageState } from '../state/page.ts';
import type { Session } from '../state/session.ts';

/** The page's verbs for programs outside of it. */
export function createPageApi(page: PageState, session: Session): PageApi {
  return {
    async run({ source, fileName, ...overrides }) {
      page.program.openExternal(fileName, source);
      return session.run(overrides);
    },
    stop: () => session.stop(),
    pause: () => session.pause(),
    resume: () => session.resume(),
    step: () => session.step(),
    reset: () => session.reset(),
    setLearningRate: (learningRate) => session.setLearningRate(learningRate),
    inspect: (inspection) => session.inspect(inspection),
    timeSteps: (stepCount) => session.timeSteps(stepCount),
    countNumbers: (stepCount) => session.countNumbers(stepCount),
    subscribe: (listener) => session.subscribe(listener),
    trace: () => traceOf(page),
    doctor: () => session.warm(),
  };
}
