// A Vite plugin: gives the built page a Content-Security-Policy of its own. "Runs only on this device" is then not a promise but a
// rule the browser enforces: the page connects to nothing but the place it was loaded from. Dev is left alone; Vite's client needs
// inline scripts and a socket.

import { createHash } from 'node:crypto';
import type { Plugin } from 'vite';

const policyOf = (inlineHashes: readonly string[]): string =>
  [
    "default-src 'none'",
    // The one inline script tells whoever opened the page from a file why it stays empty; modules do not load there.
    ["script-src 'self'", ...inlineHashes].join(' '),
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
    transformIndexHtml: {
      order: 'post', // the hash is of the script as it is served
      handler: (html) => [
        { tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content: policyOf(hashesOf(html)) }, injectTo: 'head-prepend' },
      ],
    },
  };
}

function hashesOf(html: string): string[] {
  return [...html.matchAll(/<script>([^]*?)<\/script>/g)].map(
    ([, script = '']) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`,
  );
}
