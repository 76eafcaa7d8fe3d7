// `npm run e2e:mesh`: two clusters under one AWS hierarchy, a real istiod in each, and everything that changes under them.
import { globSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { terminalProgress } from '../../hack/control-plane/progress.ts';
import { ensurePrograms } from '../../hack/control-plane/programs.ts';
import { tellEnd } from '../../hack/test/unavailable.ts';
import { startWorld, type World } from '../../hack/world/world.ts';
import { runTests, stopOnSignals, tellLogs } from '../harness/test-runner.ts';
import { addressOfWorld, type WorldAddresses } from '../harness/worlds.ts';
import { startThirdCluster, type ThirdCluster } from './third-cluster.ts';

const help = `Starts two clusters, each with its control plane, cert-manager and our controller, under one AWS, and runs the scenarios of e2e/mesh,
which start real istiods on what they get. takeover has a third cluster, where aws-privateca-issuer runs first. The first time istiod is built, which takes 6 minutes.

Usage: npm run e2e:mesh -- [FLAGS]

  --only PATTERN   run the scenarios whose names match
  --file NAME      run one file of e2e/mesh, such as first-start
  --keep           leave everything running at the end; npm run cluster -- down --all ends it`;

const { values } = parseArgs({
  options: { only: { type: 'string' }, file: { type: 'string' }, keep: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
});
const files = globSync(`${values.file ?? '*'}.test.ts`, { cwd: import.meta.dirname }).toSorted();
if (values.help === true || files.length === 0) {
  console.log(help);
  process.exit(files.length === 0 ? 2 : 0);
}

const signal = stopOnSignals();
const progress = terminalProgress();
const worlds: World[] = [];
let third: ThirdCluster | undefined;
const since = performance.now();
try {
  const takesOver = files.includes('takeover.test.ts');
  await ensurePrograms(['check', 'istiod', ...(takesOver ? (['aws-privateca-issuer', 'helm', 'kubectl'] as const) : [])], { progress, signal });
  const common = { keep: values.keep, istio: true, controller: 'bundle', progress, signal } as const;
  const a = await startWorld({ ...common, name: 'e2e-mesh-a' });
  worlds.push(a);
  worlds.push(await startWorld({ ...common, name: 'e2e-mesh-b', beside: a }));
  if (takesOver) third = await startThirdCluster({ emulatorUrl: a.emulatorUrl, keep: values.keep, progress, signal });
  process.exitCode = await run();
  console.log(`e2e:mesh took ${Math.round((performance.now() - since) / 1_000)} s`);
} catch (error) {
  process.exitCode = signal.aborted ? 1 : tellEnd(error);
  if (signal.aborted) console.error('stopped');
} finally {
  await Promise.all(started().map((each) => each.close()));
}

function started(): readonly (World | ThirdCluster)[] {
  return third === undefined ? worlds : [...worlds, third];
}

/** @returns the exit code of the test runner. */
async function run(): Promise<number> {
  const ofTwo: WorldAddresses = Object.fromEntries(worlds.map((world) => [world.name.replace('e2e-', ''), addressOfWorld(world)]));
  const addresses: WorldAddresses = { ...ofTwo, ...(third !== undefined && { 'mesh-c': third.address }) };
  const code = await runTests(files.map((file) => path.join(import.meta.dirname, file)), { atATime: 3, only: values.only, addresses, signal });
  if (code !== 0) tellLogs(started());
  return code;
}
