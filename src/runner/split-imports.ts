// Cuts a compiled program at its import specifiers (see ProgramModule) and refuses those that are not offered.

import { PlaygroundError } from '../core/errors.ts';
import { offeredModules } from '../train/program-module.ts';
import type { OfferedModule, ProgramModule } from '../train/program-module.ts';

/** The program as parts and imports. Throws `program-import` for a module that is not offered, with its place in the text. */
export async function splitImports(javascript: string): Promise<ProgramModule> {
  const { parse } = await import('es-module-lexer/minimal/js'); // not part of the shell
  const [found] = parse(javascript);
  const parts: string[] = [];
  const imports: OfferedModule[] = [];
  let from = 0;
  for (const { n: name, s: start, e: end, d: dynamicAt } of found) {
    if (name === undefined) continue; // import.meta, or import(expression): the sandbox's policy refuses what is not a blob: or data: module
    if (!isOffered(name)) {
      throw new PlaygroundError(
        'program-import',
        `import: "${name}" is not available here. A program may import ${offeredModules.join(', ')}.`,
        { offset: start, specifier: name },
      );
    }
    const isDynamic = dynamicAt > -1; // then the range includes the quotes
    parts.push(javascript.slice(from, isDynamic ? start + 1 : start));
    imports.push(name);
    from = isDynamic ? end - 1 : end;
  }
  parts.push(javascript.slice(from));
  return { parts, imports };
}

function isOffered(name: string): name is OfferedModule {
  return (offeredModules as readonly string[]).includes(name);
}
