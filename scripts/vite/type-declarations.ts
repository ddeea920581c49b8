// A Vite plugin: the declarations behind the editor's completions, as one JSON file of { path: text }. It follows imports from
// `@tensorflow/tfjs`, `lockstep` and `lockstep/lab` through the real .d.ts files; those of our own modules are what `tsc` emits
// for them, so the editor can never promise what a program does not get. `virtual:type-declarations` exports the file's URL,
// relative to the script that asks, so that the page works under any path.

import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, posix, relative, resolve, sep } from 'node:path';
import { promisify } from 'node:util';
import type { Plugin } from 'vite';

const virtualId = 'virtual:type-declarations';
const resolvedId = `\0${virtualId}`;
const devPath = 'virtual-type-declarations.json';

/** Texts by path; `@tensorflow/tfjs/index.d.ts` stands for what `import '@tensorflow/tfjs'` finds under node_modules. */
type Declarations = Record<string, string>;

/** The modules a program may import, and the file of ours behind each that is not a package. */
const ownModules: readonly { readonly name: string; readonly entry: string }[] = [
  { name: 'lockstep/index.d.ts', entry: 'train/lockstep' },
  { name: 'lockstep/lab.d.ts', entry: 'lab/lab' },
];

/** Serves (dev) or emits (build) the declarations. */
export function typeDeclarations(): Plugin {
  let root = process.cwd();
  let isBuild = false;
  let collected: Promise<string> | null = null;
  const collect = (): Promise<string> => (collected ??= collectDeclarations(root).then((files) => JSON.stringify(files)));

  return {
    name: 'lockstep:type-declarations',
    configResolved(config) {
      root = config.root;
      isBuild = config.command === 'build';
    },
    configureServer(server) {
      server.watcher.on('change', (path) => {
        if (path.startsWith(join(root, 'src') + sep)) collected = null;
      });
      server.middlewares.use((request, response, next) => {
        if (request.url?.split('?')[0]?.endsWith(`/${devPath}`) !== true) return next();
        collect().then(
          (json) => {
            response.setHeader('content-type', 'application/json');
            response.end(json);
          },
          (reason: unknown) => next(reason),
        );
      });
    },
    resolveId: (id) => (id === virtualId ? resolvedId : null),
    async load(id) {
      if (id !== resolvedId) return null;
      if (!isBuild) return `export default new URL(${JSON.stringify(devPath)}, document.baseURI).href;`;
      const reference = this.emitFile({ type: 'asset', name: 'type-declarations.json', source: await collect() });
      return `export default import.meta.ROLLUP_FILE_URL_${reference};`;
    },
  };
}

/** Every declaration file that a program's imports can reach. Throws where a root file is missing. */
export async function collectDeclarations(root: string): Promise<Declarations> {
  const files: Declarations = {};
  const emitted = await emitOwnDeclarations(root);
  const queue: { readonly from: string; readonly to: string }[] = [];
  for (const { name, entry } of ownModules) {
    if (!existsSync(join(emitted, `${entry}.d.ts`)))
      throw new Error(`type-declarations: expected tsc to emit ${entry}.d.ts, got nothing. Is src/${entry}.ts there?`);
    files[name] = `export * from './${entry}';\n`;
    queue.push({ from: join(emitted, `${entry}.d.ts`), to: `lockstep/${entry}.d.ts` });
  }
  addPackage(root, '@tensorflow/tfjs', files, queue);

  for (let item = queue.pop(); item !== undefined; item = queue.pop()) {
    if (item.to in files) continue;
    const text = readDeclaration(item.from);
    files[item.to] = text;
    for (const specifier of specifiersOf(text)) {
      if (specifier.startsWith('@tensorflow/')) addPackage(root, packageName(specifier), files, queue, specifier);
      else if (specifier.startsWith('.')) {
        const target = declarationFile(resolve(dirname(item.from), specifier));
        if (target === null) continue;
        const inside = relative(dirname(item.from), target).split(sep).join('/');
        queue.push({ from: target, to: posix.normalize(posix.join(posix.dirname(item.to), inside)) });
      }
    }
  }
  return files;
}

/** Emits the declarations of our own modules into the cache folder, and returns that folder. */
async function emitOwnDeclarations(root: string): Promise<string> {
  const cache = join(root, '.cache', 'type-declarations');
  const outDir = join(cache, 'out');
  mkdirSync(cache, { recursive: true });
  const entries = ownModules.map(({ entry }) => join(root, 'src', `${entry}.ts`)).filter((path) => existsSync(path));
  const config = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      rootDir: join(root, 'src'),
      outDir,
      removeComments: false,
      skipLibCheck: true,
    },
    files: entries,
    include: [],
  };
  // Not called tsconfig.json: Vite reloads the page whenever a file of that name is written.
  const project = join(cache, 'declarations.json');
  writeFileSync(project, JSON.stringify(config, null, 2));
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  // Type errors are the type check's business; declarations are emitted in spite of them, so only their absence counts here.
  await promisify(execFile)(process.execPath, [compiler, '-p', project]).catch((reason: unknown) => {
    if (!existsSync(join(outDir, 'train', 'lockstep.d.ts'))) throw reason;
  });
  return outDir;
}

function addPackage(
  root: string,
  name: string,
  files: Declarations,
  queue: { from: string; to: string }[],
  specifier: string = name,
): void {
  const folder = join(root, 'node_modules', name);
  if (!existsSync(join(folder, 'package.json'))) return;
  // JSON.parse gives `any`; a package.json of an installed package is trusted to be one.
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { readonly types?: string; readonly typings?: string };
  const types = manifest.types ?? manifest.typings;
  if (types === undefined) return;
  const main = posix.normalize(types);
  files[`${name}/index.d.ts`] ??= `export * from './${main.replace(/\.d\.ts$/, '')}';\n`;
  queue.push({ from: join(folder, main), to: `${name}/${main}` });
  const inside = specifier.slice(name.length + 1);
  const deep = inside === '' ? null : declarationFile(join(folder, inside));
  if (deep !== null) queue.push({ from: deep, to: `${name}/${relative(folder, deep).split(sep).join('/')}` });
}

function packageName(specifier: string): string {
  return specifier.split('/').slice(0, 2).join('/');
}

/** The .d.ts file that a path without an ending stands for. */
function declarationFile(path: string): string | null {
  const bare = path.replace(/\.(?:d\.ts|tsx?|js)$/, '');
  return [`${bare}.d.ts`, join(bare, 'index.d.ts')].find((candidate) => existsSync(candidate)) ?? null;
}

/** Reads a declaration file: licence headers and source map links are dropped, and `./x.ts` becomes `./x`, which resolves to x.d.ts. */
function readDeclaration(path: string): string {
  return readFileSync(path, 'utf8')
    .replace(/\/\*\*?[\s*]*@license[\s\S]*?\*\//g, '')
    .replace(/^\/\/[#/].*$/gm, (line) => (line.startsWith('//#') || line.startsWith('///') ? '' : line))
    .replace(/(['"])(\.{1,2}\/[^'"]+)\.tsx?\1/g, '$1$2$1')
    .trimStart();
}

function specifiersOf(text: string): readonly string[] {
  return [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*['"]([^'"]+)['"]/g)].map((match) => match[1] ?? '');
}
