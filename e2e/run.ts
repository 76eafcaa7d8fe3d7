// `npm run e2e`: starts the worlds, runs the scenarios against them, takes the worlds down.
import { globSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { terminalProgress } from '../hack/control-plane/progress.ts';
import { ensurePrograms, type ProgramName } from '../hack/control-plane/programs.ts';
import { startProxiedWorld } from '../hack/world/proxied-world.ts';
import { startWorld, type World, type WorldOptions } from '../hack/world/world.ts';
import { leaderElection } from './harness/replicas.ts';
import { noneMatches, runTests, stopOnSignals, tellLogs } from './harness/test-runner.ts';
import { addressOfWorld, type WorldAddresses, type WorldName } from './harness/worlds.ts';

const help = `Runs the scenarios against a real control plane: etcd, kube-apiserver, cert-manager, our controller, the PCA emulator.

Usage: npm run e2e -- [FLAGS]

  --kubeconfig FILE   use this cluster, which has cert-manager, instead of starting one; scenarios that approve by hand
                      and move the clock are left out then
  --only PATTERN      run the scenarios whose names match
  --file NAME         run one file of e2e/scenarios, such as cacerts
  --all               run what takes minutes as well: clocks and outages, leader changes, the way from aws-privateca-issuer
                      and back, every fault at every operation, and 200 kills; half an hour
  --oldest            on the oldest Kubernetes and cert-manager that we are tested with, 1.34 and 1.19; ten minutes to build, once
  --keep              leave everything running at the end; npm run cluster -- down --all ends it`;

const { values } = parseArgs({
  options: {
    kubeconfig: { type: 'string' }, only: { type: 'string' }, file: { type: 'string' },
    all: { type: 'boolean' }, oldest: { type: 'boolean' }, keep: { type: 'boolean' }, help: { type: 'boolean', short: 'h' },
  },
});

if (values.help === true) {
  console.log(help);
  process.exit(0);
}

const scenarios = path.join(import.meta.dirname, 'scenarios');
const matrix = path.join(import.meta.dirname, 'matrix');
const filesIn = (folder: string): readonly string[] => globSync(`${values.file ?? '*'}.test.ts`, { cwd: folder }).toSorted();
const long = values.all === true && values.kubeconfig === undefined ? filesIn(matrix) : [];
/** They take minutes, and the speed of the machine counts, or they need aws-privateca-issuer built: with --all, or by name. */
const takesMinutes: ReadonlySet<string> = new Set(['dates.test.ts', 'availability.test.ts', 'migration.test.ts', 'istio-csr-rate.test.ts']);
const files = filesIn(scenarios).filter((file) => values.all === true || values.file !== undefined || !takesMinutes.has(file));
/** Files whose scenarios need a world of their own; all others share `approving`. */
const ownWorlds: Readonly<Record<string, WorldName>> = {
  'by-hand': 'by-hand', dates: 'dates', runaway: 'paced', 'api-server': 'proxied', availability: 'replicated', crowded: 'crowded', 'istio-csr-rate': 'at-rate',
  'stale-crd': 'aged', 'matrix-sample': 'matrix', matrix: 'matrix', kills: 'killed', ambient: 'ambient', 'chart-install': 'bare', migration: 'bare',
};
const ownWorldOf = (file: string): WorldName | undefined => ownWorlds[file.replace(/\.test\.ts$/, '')];
const chosen = values.kubeconfig === undefined ? files : files.filter((file) => ownWorldOf(file) === undefined);
const needed = new Set([...chosen, ...long].map((file) => ownWorldOf(file) ?? 'approving'));
if (chosen.length + long.length === 0) {
  console.error(`--file ${values.file ?? ''} names no file of e2e/scenarios that can run here`);
  process.exit(2);
}
if (chosen.length < files.length) console.log(`left out, since they need a control plane of their own: ${files.filter((file) => !chosen.includes(file)).join(', ')}`);

/** What each world is started with; `proxied` is another kind. */
const worldOptions = {
  approving: { name: 'e2e', controller: 'bundle', audit: true },
  'by-hand': { name: 'e2e-by-hand', controller: 'clocked', approves: false },
  dates: { name: 'e2e-dates', controller: 'clocked', approves: false },
  paced: { name: 'e2e-paced', controller: 'clocked', approves: false },
  crowded: { name: 'e2e-crowded', controller: 'bundle' },
  'at-rate': { name: 'e2e-at-rate', controller: 'bundle' },
  aged: { name: 'e2e-aged', controller: 'bundle' },
  matrix: { name: 'e2e-matrix', controller: 'bundle' },
  killed: { name: 'e2e-killed', controller: 'bundle' },
  ambient: { name: 'e2e-ambient', controller: 'bundle', audit: true },
  replicated: { name: 'e2e-ha', controller: 'bundle', flags: leaderElection },
} as const satisfies Partial<Record<WorldName, WorldOptions>>;

/** Programs beside the control plane's that some files need. */
const filePrograms: Readonly<Record<string, readonly ProgramName[]>> = {
  'migration.test.ts': ['aws-privateca-issuer', 'kubectl'],
  'kubectl-plugin.test.ts': ['kubectl'],
  'dashboard.test.ts': ['promql'],
  'gitops.test.ts': ['gitops'],
};

const signal = stopOnSignals();

const progress = terminalProgress();
const worlds = new Map<WorldName, World>();
try {
  await ensurePrograms(['check', 'helm', ...chosen.flatMap((file) => filePrograms[file] ?? [])], { progress, signal });
  const common = { kubeconfig: values.kubeconfig, oldest: values.oldest, keep: values.keep, progress, signal };
  for (const [name, options] of Object.entries(worldOptions) as [WorldName, (typeof worldOptions)[keyof typeof worldOptions]][]) {
    if (needed.has(name)) worlds.set(name, await startWorld({ ...common, ...options }));
  }
  if (needed.has('proxied')) worlds.set('proxied', await startProxiedWorld({ ...common, name: 'e2e-proxy' }));
  const scenarioCode = await run(chosen.map((file) => path.join(scenarios, file)), 4);
  // What the controllers of these worlds have written by then is searched for every credential that there was.
  const usesCredentials = values.file === undefined || ['credentials', 'rotation', 'ambient'].includes(values.file);
  const searched = usesCredentials && values.only === undefined && values.kubeconfig === undefined;
  const code = searched ? await run([path.join(import.meta.dirname, 'afterwards/credentials.test.ts')], 1) : 0;
  // What is not needed any more would only take time from what is.
  for (const [name, world] of long.length === 0 ? [] : worlds) {
    if (name === 'matrix' || name === 'killed') continue;
    worlds.delete(name);
    await world.close();
  }
  const longCode = await run(long.map((file) => path.join(matrix, file)), 2);
  // A name that is chosen may be among the one or the other.
  const isElsewhere = long.length > 0 && Math.min(scenarioCode, longCode) === 0 && Math.max(scenarioCode, longCode) === noneMatches;
  process.exitCode = isElsewhere ? 0 : Math.max(scenarioCode, code, longCode);
} catch (error) {
  console.error(signal.aborted ? 'stopped' : error);
  process.exitCode = 1;
} finally {
  await Promise.all([...worlds.values()].map((world) => world.close()));
}

/** @returns the exit code of the test runner. */
async function run(testFiles: readonly string[], atATime: number): Promise<number> {
  const addresses: WorldAddresses = Object.fromEntries([...worlds].map(([name, world]) => [name, addressOfWorld(world)]));
  const code = await runTests(testFiles, { atATime, only: values.only, addresses, signal });
  if (code !== 0) tellLogs(worlds.values());
  return code;
}
