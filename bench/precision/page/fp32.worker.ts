import { openSide } from '../../training-step/sides/lockstep.ts';
import { serveSide, type CallMessage } from '../../training-step/sides/serve-side.ts';

const serve = serveSide(openSide, (message) => globalThis.postMessage(message));
globalThis.addEventListener('message', ({ data }: MessageEvent<CallMessage>) => serve(data));
