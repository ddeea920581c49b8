// The text of the `data:` URL worker. It waits for one message, { text, rpcPort, eventPort }, imports the replica bundle from that text and
// hands it the ports, and says 'started' or why it could not. It knows nothing else, because a `data:` worker cannot load the page's scripts.

/** JavaScript source of the worker. */
export const workerBootstrap = `
self.onmessage = async ({ data: { text, rpcPort, eventPort } }) => {
  self.onmessage = null;
  const url = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
  try {
    const { startReplica } = await import(url);
    startReplica(rpcPort, eventPort);
    self.postMessage('started');
  } catch (error) {
    self.postMessage(String(error && error.stack || error));
  } finally {
    URL.revokeObjectURL(url);
  }
};
`;
