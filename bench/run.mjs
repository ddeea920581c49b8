// Runs a benchmark: `npm run bench -- NAME [options]`, where NAME is a file of this folder that exports `bench(options)`. Options are
// the same for all: --repeats N, --adapter NAME, --browser NAME, --only PART, --json FILE, and --results, which writes the table into RESULTS.md where the benchmark has a section there. Benchmarks are TypeScript; Vite (already a dependency) transpiles them in
// memory, as scripts/ts.mjs does for the project's other commands.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runnerImport } from 'vite';

const folder = import.meta.dirname;
const names = readdirSync(folder).flatMap((file) => (isBenchmark(file) ? [file.replace(/\.ts$/, '')] : []));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    repeats: { type: 'string', default: '20' },
    adapter: { type: 'string' },
    browser: { type: 'string', default: 'chromium' },
    only: { type: 'string' },
    json: { type: 'string' },
    results: { type: 'boolean', default: false },
  },
});
const [name] = positionals;
const repeats = Number(values.repeats);
if (name === undefined || !names.includes(name))
  refuse(`expected one of ${names.join(', ')}, got ${name ?? 'nothing'}. Write: npm run bench -- ${names[0]}.`);
if (!Number.isSafeInteger(repeats) || repeats < 1) refuse(`--repeats: expected a whole number from 1, got ${values.repeats}.`);

const { module } = await runnerImport(join(folder, `${name}.ts`), { configFile: false, envFile: false, logLevel: 'error' });
const report = await module.bench({
  repeats,
  adapter: values.adapter ?? module.standardAdapter ?? 'swiftshader',
  browser: values.browser,
  only: values.only ?? null,
  say: (line) => console.error(line),
});
console.log(report.text);
if (values.results) {
  if (report.markdown === undefined) refuse(`--results: expected a benchmark with a section in RESULTS.md, got ${name}.`);
  const { module: section } = await runnerImport(join(folder, 'results-section.ts'), {
    configFile: false,
    envFile: false,
    logLevel: 'error',
  });
  section.writeSection(name, report.markdown);
}
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report.data, null, 2)}\n`);

function isBenchmark(file) {
  const path = join(folder, file);
  return file.endsWith('.ts') && existsSync(path) && /^export async function bench\(/m.test(readFileSync(path, 'utf8'));
}

function refuse(sentence) {
  console.error(`bench: ${sentence}`);
  process.exit(2);
}
