// `npm run check`: the Go tests of the tool that judges Secrets.
import { spawnSync } from 'node:child_process';
import { requireGo } from '../control-plane/build/go-toolchain.ts';

await requireGo();
const { status } = spawnSync('go', ['test', './...'], { cwd: import.meta.dirname, stdio: 'inherit', env: { ...process.env, CGO_ENABLED: '0' } });
process.exitCode = status ?? 1;
