/** The adapter that a page is given, in its own words. Chromium on llvmpipe takes it for SwiftShader; shader-f16 tells the two apart. */
export async function adapterText(): Promise<string> {
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null) return 'none';
  const { vendor, architecture, device, description } = adapter.info;
  const words = [description === '' ? device : description, vendor, architecture].filter((part) => part !== '');
  return [...words, adapter.features.has('shader-f16') ? 'with shader-f16' : 'without shader-f16'].join(', ');
}
