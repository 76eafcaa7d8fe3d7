// `npm run e2e:guides`: every command of docs/guides/*.md, typed as it stands, each guide on two clusters of its own.
import { globSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { parts } from '../../hack/control-plane/cluster/start.ts';
import { terminalProgress } from '../../hack/control-plane/progress.ts';
import { ensurePrograms, type ProgramName } from '../../hack/control-plane/programs.ts';
import { tellEnd } from '../../hack/test/unavailable.ts';
import { runTests, stopOnSignals } from '../harness/test-runner.ts';

const help = `Types the commands of the guides into a shell, on clusters that each guide starts for itself, and compares what they print with the page.
The first time istiod, helm and kubectl are built, which takes 10 minutes.

Usage: npm run e2e:guides -- [FLAGS]

  --file NAME   run one guide, such as istio-multicluster`;

const { values } = parseArgs({ options: { file: { type: 'string' }, help: { type: 'boolean', short: 'h' } } });
const files = globSync(`${values.file ?? '*'}.test.ts`, { cwd: import.meta.dirname }).toSorted();
if (values.help === true || files.length === 0) {
  console.log(help);
  process.exit(files.length === 0 ? 2 : 0);
}

const signal = stopOnSignals();
const more: readonly ProgramName[] = files.includes('trust-manager.test.ts') ? ['trust-manager'] : [];
try {
  await ensurePrograms([...parts, 'helm', 'kubectl', 'istiod', 'check', ...more], { progress: terminalProgress(), signal });
  process.exitCode = await runTests(files.map((file) => path.join(import.meta.dirname, file)), { atATime: 2, signal });
} catch (error) {
  process.exitCode = signal.aborted ? 1 : tellEnd(error);
}
