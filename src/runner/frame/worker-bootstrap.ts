// The text of the worker that the frame starts. It says that it is there, waits for one message, { text, rpcPort, eventPort }, imports the replica bundle
// from that text and hands it the ports, and says 'started' or why it could not. It knows nothing else, because a `data:` worker cannot
// load the page's scripts.
//
// It is also the one place that knows how a text is imported: as a `blob:` where the browser allows it (Chromium 105 ms for the
// bundle, against 270 as a `data:`), as a `data:` in WebKit, which refuses `import()` of a `blob:` inside a `data:` worker. The
// replica gets `addressOf` for the program.

/** JavaScript source of the worker. */
export const workerBootstrap = `
const asBlob = (text) => URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
const asData = (text) => 'data:text/javascript,' + encodeURIComponent(text).replaceAll("'", '%27'); // it may stand in quotes
self.onmessage = async ({ data: { text, rpcPort, eventPort } }) => {
  self.onmessage = null;
  try {
    const addressOf = await import(asBlob('')).then(() => asBlob, () => asData);
    const url = addressOf(text + '\\n//# sourceURL=lockstep-replica.js'); // or every line of a stack would be the whole data: address
    const { startReplica } = await import(url);
    URL.revokeObjectURL(url);
    startReplica(rpcPort, eventPort, addressOf);
    self.postMessage('started');
  } catch (error) {
    self.postMessage(String(error && error.stack || error));
  }
};
self.postMessage('waiting');
`;

/**
 * What comes before it in a `blob:` worker, which shares the page's origin: storage, messages to other tabs and workers of its own (they
 * would get all of it back) are removed from the global object and from the prototypes they are inherited from, for good.
 */
export const withoutStorage = `
for (const [holder, names] of [
  [self, ['indexedDB', 'caches', 'BroadcastChannel', 'Worker', 'SharedWorker', 'cookieStore', 'IDBFactory', 'CacheStorage',
    'StorageManager', 'StorageBucketManager', 'LockManager', 'ServiceWorkerContainer', 'FileSystemHandle', 'FileSystemDirectoryHandle',
    'webkitRequestFileSystem', 'webkitRequestFileSystemSync', 'webkitResolveLocalFileSystemURL', 'webkitResolveLocalFileSystemSyncURL']],
  [self.navigator, ['storage', 'storageBuckets', 'locks', 'serviceWorker']],
]) {
  for (const name of names) {
    for (let each = holder; each !== null; each = Object.getPrototypeOf(each)) {
      if (Object.hasOwn(each, name)) delete each[name];
    }
    Object.defineProperty(holder, name, { value: undefined, writable: false, configurable: false });
  }
}
`;
