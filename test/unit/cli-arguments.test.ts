// The command line's arguments: what is accepted, and that everything else is refused with words that say what to type.

import { describe, expect, test } from 'vitest';

import { parseArguments } from '../../src/cli/arguments.ts';
import { UsageError } from '../../src/cli/usage-error.ts';

describe('accepted', () => {
  test('a bare run takes everything from the program', () => {
    expect(parseArguments(['run', 'a.ts'])).toEqual({
      name: 'run',
      file: 'a.ts',
      lanes: null,
      schedule: null,
      steps: null,
      seed: null,
      out: null,
      trace: null,
      isTuned: false,
      showsKernels: false,
      browser: 'chromium',
      adapter: null,
      backend: null,
    });
  });

  test('every flag of run reaches the command, before or after the file', () => {
    const flags = [
      '--lanes',
      '1xfp32,4xfp16+lossScale=off',
      '--schedule',
      'race',
      '--steps=50',
      '--seed',
      '7',
      '--out',
      'r.json',
      '--trace',
      't.json',
      '--kernels',
      '--autotune',
      '--browser',
      'firefox',
      '--adapter',
      'llvmpipe',
      '--backend',
      'cpu',
    ];
    const expected = {
      name: 'run',
      file: 'a.ts',
      lanes: '1xfp32,4xfp16+lossScale=off',
      schedule: 'race',
      steps: 50,
      seed: 7,
      out: 'r.json',
      trace: 't.json',
      isTuned: true,
      showsKernels: true,
      browser: 'firefox',
      adapter: 'llvmpipe',
      backend: 'cpu',
    };
    expect(parseArguments(['run', 'a.ts', ...flags])).toEqual(expected);
    expect(parseArguments(['run', ...flags, 'a.ts'])).toEqual(expected);
  });

  test('seed 0 is a seed, and the largest safe integer too', () => {
    expect(parseArguments(['run', 'a.ts', '--seed', '0'])).toMatchObject({ seed: 0 });
    expect(parseArguments(['run', 'a.ts', '--seed', '9007199254740991'])).toMatchObject({ seed: Number.MAX_SAFE_INTEGER });
  });

  test('nothing, help and --help anywhere ask for help', () => {
    for (const args of [[], ['help'], ['--help'], ['run', '--help'], ['serve', '-h']])
      expect(parseArguments(args)).toEqual({ name: 'help' });
  });

  test('verify takes a results file, its program and where to run it', () => {
    expect(parseArguments(['verify', 'r.json', 'a.ts', '--adapter', 'llvmpipe'])).toEqual({
      name: 'verify',
      results: 'r.json',
      file: 'a.ts',
      browser: 'chromium',
      adapter: 'llvmpipe',
      backend: null,
    });
  });

  test('serve takes a port and doctor an adapter', () => {
    expect(parseArguments(['serve', '--port', '8080'])).toEqual({ name: 'serve', port: 8080 });
    expect(parseArguments(['doctor', '--adapter', 'swiftshader', '--json'])).toEqual({
      name: 'doctor',
      browser: 'chromium',
      adapter: 'swiftshader',
      backend: null,
      isJson: true,
    });
  });
});

describe('refused', () => {
  test.each([
    [['frob'], 'expected run, verify, doctor or serve, got frob'],
    [['verify', 'r.json'], 'or a .run.json alone, which holds its program, got r.json. Write: verify RESULTS.json FILE.ts.'],
    [['verify', 'r.json', 'a.ts', '--steps', '4'], 'It takes --browser, --adapter, --backend'],
    [['run'], 'expected one program file, got none'],
    [['run', 'a.ts', 'b.ts'], 'expected one program file, got a.ts b.ts'],
    [['run', 'a.ts', '--steps', '-1'], '--steps: expected a whole number from 1 up, got -1'],
    [['run', 'a.ts', '--steps', '0'], '--steps: expected a whole number from 1 up, got 0'],
    [['run', 'a.ts', '--steps', '1.5'], '--steps: expected a whole number from 1 up, got 1.5'],
    [['run', 'a.ts', '--seed', 'x'], '--seed: expected a whole number from 0 up, got x'],
    [['run', 'a.ts', '--seed', ''], '--seed: expected a whole number'],
    [['run', 'a.ts', '--lanes', '0xfp32'], '--lanes[0].worldSize: expected a whole number from 1 to 64, got 0'],
    [['run', 'a.ts', '--lanes', '1xfp32,2xfp99'], '--lanes[1].precision: expected one of fp32, fp16'],
    [['run', 'a.ts', '--browser', 'opera'], '--browser: expected chromium, firefox, webkit, got opera'],
    [['doctor', '--browser', 'webkit', '--adapter', 'gpu'], '--adapter: expected none with webkit'],
    [['run', 'a.ts', '--adapter', 'cuda'], '--adapter: expected gpu, llvmpipe, swiftshader, got cuda'],
    [['run', 'a.ts', '--schedule', 'fair'], '--schedule: expected turns, sequence, race, got fair'],
    [['run', 'a.ts', '--bogus'], "Unknown option '--bogus'"],
    [['verify', 'a.run.json', 'b.ts'], 'a .run.json alone, which holds its program, got a.run.json b.ts'],
    [['serve', '--port', '70000'], '--port: expected a whole number from 0 to 65535, got 70000'],
    [['serve', 'a.ts'], 'serve: expected no file, got a.ts'],
  ])('%j', (args, words) => {
    const parse = (): unknown => parseArguments(args);
    expect(parse).toThrow(UsageError);
    expect(parse).toThrow(words);
  });
});
