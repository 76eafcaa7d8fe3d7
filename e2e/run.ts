// `npm run e2e`: starts the worlds, runs the scenarios against them, takes the worlds down.
import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { terminalProgress } from '../hack/control-plane/progress.ts';
import { ensurePrograms } from '../hack/control-plane/programs.ts';
import { startWorld, type World } from '../hack/world/world.ts';
import { addressesVariable, type WorldAddresses, type WorldName } from './harness/worlds.ts';

const help = `Runs the scenarios against a real control plane: etcd, kube-apiserver, cert-manager, our controller, the PCA emulator.

Usage: npm run e2e -- [FLAGS]

  --kubeconfig FILE   use this cluster, which has cert-manager, instead of starting one; scenarios that approve by hand
                      and move the clock are left out then
  --only PATTERN      run the scenarios whose names match
  --file NAME         run one file of e2e/scenarios, such as cacerts
  --keep              leave everything running at the end; npm run cluster -- down --all ends it`;

const { values } = parseArgs({
  options: { kubeconfig: { type: 'string' }, only: { type: 'string' }, file: { type: 'string' }, keep: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
});

if (values.help === true) {
  console.log(help);
  process.exit(0);
}

const scenarios = path.join(import.meta.dirname, 'scenarios');
const files = globSync(`${values.file ?? '*'}.test.ts`, { cwd: scenarios }).toSorted();
const needsHand = (file: string): boolean => file.startsWith('by-hand');
const chosen = values.kubeconfig === undefined ? files : files.filter((file) => !needsHand(file));
if (chosen.length === 0) {
  console.error(`--file ${values.file ?? ''} names no file of e2e/scenarios that can run here`);
  process.exit(2);
}
if (chosen.length < files.length) console.log(`left out, since they need a control plane of their own: ${files.filter(needsHand).join(', ')}`);

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort(new Error(`${signal} received`)));

const progress = terminalProgress();
const worlds = new Map<WorldName, World>();
try {
  await ensurePrograms(['check', 'helm'], { progress, signal: stop.signal });
  const common = { kubeconfig: values.kubeconfig, keep: values.keep, progress, signal: stop.signal };
  if (chosen.some((file) => !needsHand(file))) worlds.set('approving', await startWorld({ ...common, name: 'e2e', controller: 'bundle' }));
  if (chosen.some(needsHand)) worlds.set('by-hand', await startWorld({ ...common, name: 'e2e-by-hand', controller: 'clocked', approves: false }));
  process.exitCode = await runScenarios();
} catch (error) {
  console.error(stop.signal.aborted ? 'stopped' : error);
  process.exitCode = 1;
} finally {
  await Promise.all([...worlds.values()].map((world) => world.close()));
}

async function runScenarios(): Promise<number> {
  const addresses: WorldAddresses = Object.fromEntries(
    [...worlds].map(([name, { kubeconfig, emulatorUrl, controller }]) => [
      name,
      { kubeconfig, emulatorUrl, clockUrl: controller.clockUrl, controllerLog: controller.logFile },
    ]),
  );
  const only = values.only === undefined ? [] : [`--test-name-pattern=${values.only}`];
  const args = ['--test', '--test-concurrency=4', '--test-reporter=spec', ...only, ...chosen.map((file) => path.join(scenarios, file))];
  const child = spawn(process.execPath, args, { stdio: 'inherit', env: { ...process.env, [addressesVariable]: JSON.stringify(addresses) } });
  stop.signal.addEventListener('abort', () => child.kill('SIGTERM'), { once: true });
  const code = await new Promise<number>((resolve) => child.once('exit', (exit) => resolve(exit ?? 1)));
  if (code !== 0) for (const { name, directory } of worlds.values()) console.log(`logs of ${name}: ${path.relative(process.cwd(), directory)}/logs (kept with --keep)`);
  return code;
}
