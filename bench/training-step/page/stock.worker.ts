import { openSide } from '../sides/stock.ts';
import { serveSide, type CallMessage } from '../sides/serve-side.ts';

const serve = serveSide(openSide, (message) => globalThis.postMessage(message));
globalThis.addEventListener('message', ({ data }: MessageEvent<CallMessage>) => serve(data));
