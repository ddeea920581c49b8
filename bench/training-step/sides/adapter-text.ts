/** The adapter that a page is given, in words. */
export async function adapterText(): Promise<string> {
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null) return 'none';
  const { vendor, architecture, device, description } = adapter.info;
  return [description || device, vendor, architecture].filter((part) => part !== '').join(', ') || 'unnamed';
}
