import { expect, test } from 'vitest';

import { readableStack } from '../../src/core/errors.ts';

const address = (text: string): string => `data:text/javascript,${encodeURIComponent(text)}`;

test('a data: module goes by the name in its sourceURL, with line and column', () => {
  const program = address("const a = 'x: y';\nf();\n//# sourceURL=lockstep-program.js");
  expect(readableStack(`f@${program}:3:26\nmodule code@${program}:1:1`)).toBe(
    'f@lockstep-program.js:3:26\nmodule code@lockstep-program.js:1:1',
  );
});

test('a data: module without a name is cut short, and every other line stays as it is', () => {
  expect(readableStack(`Error: no\n    at f (${address('throw 1;')}:1:2)\n    at https://a.b/c.js:3:4`)).toBe(
    'Error: no\n    at f (data::1:2)\n    at https://a.b/c.js:3:4',
  );
});
