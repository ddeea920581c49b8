// A Vite plugin: gives the built page a Content-Security-Policy of its own. "Runs only on this device" is then not a promise but a
// rule the browser enforces: the page connects to nothing but the place it was loaded from. Dev is left alone; Vite's client needs
// inline scripts and a socket.

import type { Plugin } from 'vite';

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'", // Monaco and uPlot set inline styles
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "frame-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** The plugin. */
export function pagePolicy(): Plugin {
  return {
    name: 'lockstep-page-policy',
    apply: 'build',
    transformIndexHtml: () => [
      { tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content: policy }, injectTo: 'head-prepend' },
    ],
  };
}
