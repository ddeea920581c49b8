import { openFp16Packed } from '../../training-step/sides/lockstep.ts';
import { serveSide, type CallMessage } from '../../training-step/sides/serve-side.ts';

const serve = serveSide(openFp16Packed, (message) => globalThis.postMessage(message));
globalThis.addEventListener('message', ({ data }: MessageEvent<CallMessage>) => serve(data));
