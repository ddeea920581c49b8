// What a hostile program might try, as JavaScript function bodies, so that the very same text runs inside the sandbox and, as the
// control that must succeed, in an ordinary worker outside it. Each gets `target` (an address on a server that counts) and `name`.

export interface Attack {
  readonly name: string;
  /** Body of an async function (target, name); what it returns or throws is only reported. */
  readonly body: string;
}

/** Attempts to reach a server. Reaching means that the server saw `name` in a request, or in a datagram's port. */
export const networkAttacks: readonly Attack[] = [
  { name: 'fetch', body: "await fetch(target + name, { mode: 'no-cors' })" },
  { name: 'fetch-keepalive', body: "await fetch(target + name, { mode: 'no-cors', method: 'POST', body: 'x', keepalive: true })" },
  {
    name: 'xhr',
    body: "await new Promise((done, fail) => { const xhr = new XMLHttpRequest(); xhr.onload = done; xhr.onerror = () => fail(new Error('xhr refused')); xhr.open('GET', target + name); xhr.send(); })",
  },
  {
    name: 'websocket',
    body: "await new Promise((done) => { const socket = new WebSocket(target.replace('http', 'ws') + name); socket.onopen = socket.onerror = socket.onclose = done; })",
  },
  {
    name: 'eventsource',
    body: 'await new Promise((done) => { const source = new EventSource(target + name); source.onopen = source.onerror = () => { source.close(); done(); }; })',
  },
  { name: 'import-url', body: 'await import(target + name)' },
  { name: 'import-scripts', body: 'importScripts(target + name)' },
  {
    name: 'worker-url',
    body: 'await new Promise((done) => { const worker = new Worker(URL.createObjectURL(new Blob([`importScripts(${JSON.stringify(target + name)}); postMessage(1)`]))); worker.onmessage = worker.onerror = done; })',
  },
  {
    name: 'nested-data-worker',
    body: "await new Promise((done) => { const worker = new Worker('data:text/javascript,' + encodeURIComponent(`fetch(${JSON.stringify(target + name)}, { mode: 'no-cors' }).then(() => postMessage(1), () => postMessage(0))`)); worker.onmessage = worker.onerror = done; })",
  },
  {
    name: 'nested-blob-worker',
    body: "await new Promise((done) => { const worker = new Worker(URL.createObjectURL(new Blob([`fetch(${JSON.stringify(target + name)}, { mode: 'no-cors' }).then(() => postMessage(1), () => postMessage(0))`]))); worker.onmessage = worker.onerror = done; })",
  },
  {
    name: 'twice-nested-worker',
    body: "await new Promise((done) => { const inner = `fetch(${JSON.stringify(target + name)}, { mode: 'no-cors' }).finally(() => postMessage(1))`; const outer = `const worker = new Worker(URL.createObjectURL(new Blob([${JSON.stringify(inner)}]))); worker.onmessage = worker.onerror = () => postMessage(1)`; const worker = new Worker('data:text/javascript,' + encodeURIComponent(outer)); worker.onmessage = worker.onerror = done; })",
  },
  { name: 'evaluated-fetch', body: "await new Function('address', \"return fetch(address, { mode: 'no-cors' })\")(target + name)" },
];

/** Attempts to reach the storage of the page's origin. Reaching means that the page finds an entry named `name`. */
export const storageAttacks: readonly Attack[] = [
  {
    name: 'indexed-db',
    body: 'await new Promise((done, fail) => { const request = indexedDB.open(name); request.onsuccess = () => { request.result.close(); done(); }; request.onerror = () => fail(request.error); })',
  },
  { name: 'cache-storage', body: "await (await caches.open(name)).put('/' + name, new Response('x'))" },
  { name: 'opfs', body: 'await (await navigator.storage.getDirectory()).getFileHandle(name, { create: true })' },
  { name: 'broadcast', body: "new BroadcastChannel('lockstep-test').postMessage(name)" },
  {
    name: 'nested-indexed-db',
    body: "await new Promise((done) => { const worker = new Worker('data:text/javascript,' + encodeURIComponent(`const request = indexedDB.open(${JSON.stringify(name)}); request.onsuccess = request.onerror = () => postMessage(1)`)); worker.onmessage = worker.onerror = done; })",
  },
];

/** A program that tries all attacks at once and reports each on its console as `name: outcome`, in whatever order they end. */
export function attackProgram(attacks: readonly Attack[], target: string): string {
  return `import { program } from 'lockstep';
const attempt = async (name: string, attack: () => Promise<unknown>) => {
  const tooLong = new Promise((resolve) => setTimeout(() => resolve('no answer'), 2000));
  try {
    console.log(name + ': ' + String(await Promise.race([attack(), tooLong])));
  } catch (error) {
    console.log(name + ': ' + String(error));
  }
};
export default program({ title: 'Attacks', lanes: ['1xfp32'] }, async () => {
  const target = ${JSON.stringify(target)};
  await Promise.all([
${attacks.map(({ name, body }) => `    attempt(${JSON.stringify(name)}, async () => { const name = ${JSON.stringify(name)}; ${body}; return 'went through'; }),`).join('\n')}
  ]);
});
`;
}

/** The same attacks as the text of a classic worker, which posts 'done' when each went through, threw or did not answer. */
export function controlWorker(attacks: readonly Attack[], target: string): string {
  return `const target = ${JSON.stringify(target)};
const attempt = (attack) => Promise.race([attack().catch(() => undefined), new Promise((resolve) => setTimeout(resolve, 4000))]);
(async () => {
${attacks.map(({ name, body }) => `  await attempt(async () => { const name = ${JSON.stringify(name)}; ${body}; });`).join('\n')}
  postMessage('done');
})();`;
}
