// A Vite plugin for the two files of the sandbox, in dev and in the build alike:
//   runner.html  the frame, its one script inlined and allowed by hash, its policy in a meta tag so that any static host will do
//   replica.js   the worker bundle as one self-contained module, because a data: worker cannot load a second file
// In dev each is built on request and again after a source changed. The virtual module `virtual:lockstep/sandbox` says where they
// are, with a hash of the content behind the `?`, so that no cache serves an old one.

import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import type { Plugin } from 'vite';

const virtualName = 'virtual:lockstep/sandbox';
const resolvedName = `\0${virtualName}`;
const root = fileURLToPath(new URL('../../', import.meta.url));

interface SandboxFiles {
  readonly runnerHtml: string;
  readonly replicaText: string;
  readonly hash: string;
}

/** The plugin. */
export function sandbox(): Plugin {
  let files: Promise<SandboxFiles> | null = null;
  let isProduction = true;
  const current = () => (files ??= buildFiles(isProduction));
  return {
    name: 'lockstep-sandbox',
    configResolved(config) {
      isProduction = config.command === 'build';
    },
    resolveId: (id) => (id === virtualName ? resolvedName : null),
    async load(id) {
      if (id !== resolvedName) return null;
      const { hash } = await current();
      return `export const runnerPage = 'runner.html?v=${hash}';\nexport const replicaBundle = 'replica.js?v=${hash}';`;
    },
    async generateBundle() {
      const { runnerHtml, replicaText } = await current();
      this.emitFile({ type: 'asset', fileName: 'runner.html', source: runnerHtml });
      this.emitFile({ type: 'asset', fileName: 'replica.js', source: replicaText });
    },
    configureServer(server) {
      server.watcher.on('change', (path) => {
        if (!/\/(src\/(core|collective|engine|data|lab|train|rpc|runner\/frame)|workers)\//.test(path)) return;
        files = null;
        const module = server.moduleGraph.getModuleById(resolvedName);
        if (module !== undefined) server.moduleGraph.invalidateModule(module);
        server.ws.send({ type: 'full-reload' });
      });
      server.middlewares.use((request, response, next) => {
        const path = (request.url ?? '').split('?')[0];
        if (path !== '/runner.html' && path !== '/replica.js') return next();
        current().then(({ runnerHtml, replicaText }) => {
          response.setHeader('content-type', path === '/runner.html' ? 'text/html' : 'text/javascript');
          response.setHeader('cache-control', 'no-store');
          response.end(path === '/runner.html' ? runnerHtml : replicaText);
        }, next);
      });
    },
  };
}

async function buildFiles(isProduction: boolean): Promise<SandboxFiles> {
  const [frameScript, replicaText] = await Promise.all([
    bundle('src/runner/frame/frame-script.ts', isProduction),
    bundle('workers/replica.worker.ts', isProduction),
  ]);
  const runnerHtml = frameDocument(frameScript);
  const hash = createHash('sha256').update(runnerHtml).update(replicaText).digest('hex').slice(0, 12);
  return { runnerHtml, replicaText, hash };
}

/** One entry with everything it imports, as the text of one ES module. */
export async function bundle(entry: string, isProduction: boolean): Promise<string> {
  const result = await build({
    root,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    build: {
      write: false,
      minify: isProduction,
      target: 'es2023',
      modulePreload: false,
      rolldownOptions: { input: `${root}${entry}`, output: { format: 'es', codeSplitting: false }, preserveEntrySignatures: 'strict' },
    },
  });
  const outputs = (Array.isArray(result) ? result : [result]).flatMap((each) => ('output' in each ? each.output : []));
  const chunks = outputs.filter((output) => output.type === 'chunk');
  const [chunk] = chunks;
  if (chunk === undefined || chunks.length !== 1)
    throw new Error(`${entry}: expected one chunk, got ${chunks.length}. It must be self-contained.`);
  return chunk.code;
}

function frameDocument(script: string): string {
  const scriptHash = createHash('sha256').update(script).digest('base64');
  const policy = [
    "default-src 'none'",
    `script-src 'sha256-${scriptHash}' 'unsafe-eval' blob: data:`,
    'worker-src data: blob:',
    "connect-src 'none'",
  ].join('; ');
  return `<!doctype html>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>Lockstep runner</title>
<script>${script}</script>
`;
}
