// The entry of `npm run reference`: every outcome becomes an exit code.

import { join } from 'node:path';
import { exitCodes } from '../exit-codes.ts';
import { UsageError } from '../usage-error.ts';
import { runReference } from './reference-command.ts';

const root = join(import.meta.dirname, '..', '..', '..');

try {
  process.exitCode = await runReference(process.argv.slice(2), root, (text) => void process.stdout.write(text));
} catch (thrown) {
  console.error(
    thrown instanceof UsageError ? thrown.message : thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown),
  );
  process.exitCode = thrown instanceof UsageError ? exitCodes.badUsage : exitCodes.failed;
}
