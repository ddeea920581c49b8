// A runner that is loaded when the page is there: what runs programs is a third of the page's own code, and nobody needs it for the first paint.

import { PlaygroundError } from '../core/errors.ts';
import type { RunnerLike } from './session.ts';

/** A runner that `load` brings, once; where that fails, the next call tries again. */
export function lateRunner(load: () => Promise<RunnerLike>): RunnerLike {
  let loaded: RunnerLike | null = null;
  let loading: Promise<RunnerLike> | null = null;

  async function loadOnce(): Promise<RunnerLike> {
    loading ??= load();
    try {
      loaded = await loading;
      return loaded;
    } catch (cause) {
      loading = null;
      throw new PlaygroundError(
        'internal',
        'runner: the part of the page that runs programs could not be loaded. Reload the page.',
        {},
        { cause },
      );
    }
  }

  return {
    ready: async () => void (await loadOnce()),
    warm: async () => (await loadOnce()).warm(),
    watchDevice(listener) {
      loadOnce().then(
        (runner) => runner.watchDevice?.(listener),
        () => undefined, // whoever warms it or runs something is told
      );
    },
    run(request, listener) {
      if (loaded === null) throw new PlaygroundError('internal', 'runner: run was called before ready.');
      return loaded.run(request, listener);
    },
  };
}
