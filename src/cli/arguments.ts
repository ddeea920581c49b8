// The command line as data: `parseArguments(['run', 'mnist.ts', '--steps', '50'])`. Everything a flag may hold is checked here,
// before a browser starts; lanes and seed by the same rules as in a program. Node's own parser does the splitting.

import { parseArgs, type ParseArgsConfig } from 'node:util';

import { backendNames, type BackendName } from '../core/device-report.ts';
import { PlaygroundError } from '../core/errors.ts';
import { schedules, type Schedule } from '../runner/schedule.ts';
import { parseLaneList } from '../train/lane.ts';
import { adapterNames, type AdapterName } from './adapters.ts';
import { browserNames, type BrowserName } from './browsers/page-driver.ts';
import { UsageError } from './usage-error.ts';

/** What to do, every flag checked. */
export type Command =
  | { readonly name: 'help' }
  | { readonly name: 'version' }
  | RunCommand
  | VerifyCommand
  | {
      readonly name: 'doctor';
      readonly browser: BrowserName;
      readonly adapter: AdapterName | null;
      readonly backend: BackendName | null;
      readonly isJson: boolean;
    }
  | { readonly name: 'serve'; readonly port: number | null };

export interface RunCommand {
  readonly name: 'run';
  /** As typed, relative to the working directory. */
  readonly file: string;
  readonly lanes: string | null;
  readonly schedule: Schedule | null;
  readonly steps: number | null;
  readonly seed: number | null;
  readonly out: string | null;
  /** Where the timeline goes. */
  readonly trace: string | null;
  /** Whether GPU kernels are tuned on this device first, instead of running their defaults. */
  readonly isTuned: boolean;
  /** Whether the most expensive GPU kernels of each lane are printed. */
  readonly showsKernels: boolean;
  readonly browser: BrowserName;
  readonly adapter: AdapterName | null;
  /** Computes on this and nothing else; null: the best the browser offers. */
  readonly backend: BackendName | null;
}

export interface VerifyCommand {
  readonly name: 'verify';
  /** As typed, like `file`, the program's; that is null for a `.run.json`, which holds it. */
  readonly results: string;
  readonly file: string | null;
  readonly browser: BrowserName;
  readonly adapter: AdapterName | null;
  /** Null: what the results were computed on, as far as it is here. */
  readonly backend: BackendName | null;
}

/** What `--help` prints. */
export const helpText = `Lockstep: runs a training program in a headless browser, lane beside lane.

  npm run lockstep -- run FILE.ts [options]   run a program, print the comparison
      --lanes LIST      lanes to run instead of the program's, such as 1xfp32,4xfp16
      --schedule HOW    ${schedules.join(', ')}; what fits the machine if absent
      --steps N         steps instead of the program's
      --seed N          seed instead of the program's; 0 is a seed
      --out FILE.json   write the results (schema: docs/results.md)
      --trace FILE.json write the timeline of the last steps, for ui.perfetto.dev
      --kernels         time the GPU kernels of some steps, print the ten most expensive of each lane
      --autotune        time the implementations of GPU kernels here first; their defaults run if absent
      --browser NAME    ${browserNames.join(', ')}; chromium if absent
      --adapter NAME    ${adapterNames.join(', ')}; the best one here if absent
      --backend NAME    ${backendNames.join(', ')}; the best one there if absent
  npm run lockstep -- verify RESULTS.json FILE.ts [--browser NAME] [--adapter NAME] [--backend NAME]
                                              run the lanes of a results file again and compare bit for bit
  npm run lockstep -- verify NAME.run.json    the same for a run that the page kept, program and all
  npm run lockstep -- doctor [--browser NAME] [--adapter NAME] [--backend NAME] [--json]
                                              adapter, limits, features, self-test, what each lane uses
  npm run lockstep -- serve [--port N]        serve the built page on localhost

Exit codes: 0 all lanes finished (verify: and are what was recorded), 1 a program or lane failed (or differs), 2 bad usage, 130 stopped with Ctrl+C.
CHROME_PATH names the browser to use, NO_COLOR turns colours off.
`;

const optionsOf = {
  run: {
    lanes: 'string',
    schedule: 'string',
    steps: 'string',
    seed: 'string',
    out: 'string',
    trace: 'string',
    kernels: 'boolean',
    autotune: 'boolean',
    browser: 'string',
    adapter: 'string',
    backend: 'string',
  },
  verify: { browser: 'string', adapter: 'string', backend: 'string' },
  doctor: { browser: 'string', adapter: 'string', backend: 'string', json: 'boolean' },
  serve: { port: 'string' },
} as const;

const largestPort = 65_535;

/** Whether a file is a run that the page exported: it has its program in it. */
function isRunFile(file: string): boolean {
  return file.endsWith('.run.json');
}

/** Reads the arguments after the program's name. Throws UsageError on anything that cannot be run. */
export function parseArguments(args: readonly string[]): Command {
  const [name, ...rest] = args;
  if (name === undefined || name === 'help' || args.includes('--help') || args.includes('-h')) return { name: 'help' };
  if (name === '--version') return { name: 'version' };
  if (name !== 'run' && name !== 'verify' && name !== 'doctor' && name !== 'serve') {
    throw new UsageError(`lockstep: expected run, verify, doctor or serve, got ${name}. See --help.`);
  }
  const { flags, positionals } = split(name, rest);
  const text = (flag: string): string | null => {
    const value = flags[flag];
    return typeof value === 'string' ? value : null;
  };
  const count = (flag: string, smallest: number, largest = Number.MAX_SAFE_INTEGER): number | null => {
    const value = text(flag);
    return value === null ? null : wholeNumber(`--${flag}`, value, smallest, largest);
  };
  if (name === 'serve') {
    expectNoFile(name, positionals);
    return { name, port: count('port', 0, largestPort) };
  }
  const adapter = oneOf('adapter', adapterNames, text('adapter'));
  const browser = oneOf('browser', browserNames, text('browser')) ?? 'chromium';
  const backend = oneOf('backend', backendNames, text('backend'));
  if (browser === 'webkit' && adapter !== null)
    throw new UsageError('--adapter: expected none with webkit, which has no WebGPU. Leave it out.');
  if (name === 'doctor') {
    expectNoFile(name, positionals);
    return { name, browser, adapter, backend, isJson: flags['json'] === true };
  }
  if (name === 'verify') {
    const [results, file, ...others] = positionals;
    if (results === undefined || others.length > 0 || (file === undefined) !== isRunFile(results)) {
      const got = positionals.length === 0 ? 'none' : positionals.join(' ');
      throw new UsageError(
        `verify: expected a results file and its program, or a .run.json alone, which holds its program, got ${got}. Write: verify RESULTS.json FILE.ts.`,
      );
    }
    return { name, results, file: file ?? null, browser, adapter, backend };
  }
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) {
    throw new UsageError(
      `run: expected one program file, got ${positionals.length === 0 ? 'none' : positionals.join(' ')}. Write: run FILE.ts.`,
    );
  }
  const lanes = text('lanes');
  if (lanes !== null) checkLanes(lanes);
  const schedule = oneOf('schedule', schedules, text('schedule'));
  return {
    name,
    file,
    lanes,
    schedule,
    steps: count('steps', 1),
    seed: count('seed', 0),
    out: text('out'),
    trace: text('trace'),
    isTuned: flags['autotune'] === true,
    showsKernels: flags['kernels'] === true,
    browser,
    adapter,
    backend,
  };
}

function split(
  name: keyof typeof optionsOf,
  rest: readonly string[],
): { flags: Readonly<Record<string, unknown>>; positionals: readonly string[] } {
  const options: ParseArgsConfig['options'] = Object.fromEntries(Object.entries(optionsOf[name]).map(([flag, type]) => [flag, { type }]));
  try {
    const { values, positionals } = parseArgs({ args: joinNegativeNumbers(rest), options, allowPositionals: true });
    return { flags: values, positionals };
  } catch (thrown) {
    const known = Object.keys(optionsOf[name]).map((flag) => `--${flag}`);
    const reason = thrown instanceof Error ? (thrown.message.split('. ')[0] ?? thrown.message) : String(thrown);
    throw new UsageError(`${name}: ${reason}. It takes ${known.join(', ')}; see --help.`);
  }
}

/** `--steps -1` as `--steps=-1`: Node takes -1 for a flag, and the refusal should speak of steps. */
function joinNegativeNumbers(args: readonly string[]): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    const before = joined.at(-1);
    if (/^-\d/.test(arg) && before !== undefined && /^--[\w-]+$/.test(before)) joined[joined.length - 1] = `${before}=${arg}`;
    else joined.push(arg);
  }
  return joined;
}

function wholeNumber(flag: string, text: string, smallest: number, largest: number): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < smallest || value > largest) {
    const range = largest === Number.MAX_SAFE_INTEGER ? `from ${smallest} up` : `from ${smallest} to ${largest}`;
    throw new UsageError(`${flag}: expected a whole number ${range}, got ${text}.`);
  }
  return value;
}

function oneOf<Name extends string>(flag: string, names: readonly Name[], text: string | null): Name | null {
  if (text === null) return null;
  const name = names.find((known) => known === text);
  if (name === undefined) throw new UsageError(`--${flag}: expected ${names.join(', ')}, got ${text}.`);
  return name;
}

function checkLanes(text: string): void {
  try {
    parseLaneList(text);
  } catch (thrown) {
    if (thrown instanceof PlaygroundError) throw new UsageError(`--${thrown.message}`);
    throw thrown;
  }
}

function expectNoFile(name: string, positionals: readonly string[]): void {
  if (positionals.length > 0) throw new UsageError(`${name}: expected no file, got ${positionals.join(' ')}. See --help.`);
}
