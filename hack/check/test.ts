// `npm run check`: the Go tests of the tool that judges Secrets, and whether the product's `verify` and proof agree with it.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { requireGo } from '../control-plane/build/go-toolchain.ts';

await requireGo();
const run = (command: string, args: readonly string[]): number => spawnSync(command, args, { cwd: import.meta.dirname, stdio: 'inherit', env: { ...process.env, CGO_ENABLED: '0' } }).status ?? 1;
process.exitCode = run('go', ['test', './...']) || run(process.execPath, ['--test', '--test-reporter=spec', ...['agreement.ts', 'constraints.ts'].map((file) => join(import.meta.dirname, file))]);
