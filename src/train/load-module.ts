// Imports a user's program inside a replica. Its text comes cut at the import specifiers; the addresses of modules that re-export
// what the replica itself has loaded go there. A worker in the sandbox may import `blob:` or `data:` modules and nothing from the
// network; which of them the browser takes, runner/frame/worker-bootstrap.ts found out.

import { PlaygroundError } from '../core/errors.ts';
import { programFileInStacks } from './program-module.ts';
import type { OfferedModule, ProgramModule } from './program-module.ts';

type Namespace = Readonly<Record<string, unknown>>;

/** The address under which this browser imports a text as a module. */
export type AddressOf = (text: string) => string;

const handover = Symbol.for('lockstep.handover');

/** Runs the module and returns its exports. Throws whatever its top level throws, and `program-syntax` for text that is no module. */
export async function importProgram(
  program: ProgramModule,
  offered: Readonly<Record<OfferedModule, Namespace>>,
  addressOf: AddressOf,
): Promise<Namespace> {
  const addresses = new Map<string, string>();
  const holder = globalThis as unknown as Record<symbol, unknown>;
  holder[handover] = offered;
  try {
    let text = program.parts[0] ?? '';
    for (const [index, name] of program.imports.entries()) {
      let address = addresses.get(name);
      if (address === undefined) {
        address = addressOf(reExports(name, offered[name]));
        addresses.set(name, address);
        await importText(address); // evaluated now, so that the hand-over can be taken away before user code runs
      }
      text += address + (program.parts[index + 1] ?? '');
    }
    delete holder[handover];
    const own = addressOf(`${text}\n//# sourceURL=${programFileInStacks}`);
    return await importText(own);
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new PlaygroundError('program-syntax', `program: ${error.message}. Correct the marked line.`, {}, { cause: error });
    throw error;
  } finally {
    delete holder[handover];
  }
}

function reExports(name: string, namespace: Namespace): string {
  const names = Object.keys(namespace).filter((key) => key !== 'default' && /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key));
  const source = `globalThis[Symbol.for('lockstep.handover')][${JSON.stringify(name)}]`;
  return `const from = ${source};\n${names.map((key, index) => `const x${index} = from.${key};`).join('\n')}\nexport { ${names.map((key, index) => `x${index} as ${key}`).join(', ')} };`;
}

async function importText(address: string): Promise<Namespace> {
  return (await import(/* @vite-ignore */ address)) as Namespace;
}
