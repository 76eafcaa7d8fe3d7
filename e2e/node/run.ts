// `npm run e2e:node`: the image, installed by helm, as real pods on a real node.
import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { connect } from '../../hack/control-plane/api.ts';
import { down, up } from '../../hack/control-plane/cluster.ts';
import { terminalProgress } from '../../hack/control-plane/progress.ts';
import { ensurePrograms } from '../../hack/control-plane/programs.ts';
import { buildImage } from '../../hack/image/build-image.ts';
import { network } from '../../hack/node/layout.ts';
import { importImage } from '../../hack/node/start-node.ts';
import { connectEmulator } from '../../hack/pca-emulator/src/admin-client.ts';
import { trustCluster } from '../../hack/world/trust.ts';
import { startEmulatorProcess } from '../../hack/world/world.ts';
import { addressesVariable, type WorldAddresses } from '../harness/worlds.ts';

const help = `Builds the image, starts a control plane with a real node, and runs the scenarios of e2e/node on it. Linux and root only.

Usage: npm run e2e:node -- [FLAGS]

  --only PATTERN   run the scenarios whose names match
  --file NAME      run one file of e2e/node, such as install
  --keep           leave everything running at the end; npm run cluster -- down --name e2e-node ends it`;

const { values } = parseArgs({
  options: { only: { type: 'string' }, file: { type: 'string' }, keep: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
});
const files = globSync(`${values.file ?? '*'}.test.ts`, { cwd: import.meta.dirname }).toSorted();
if (values.help === true || files.length === 0) {
  console.log(help);
  process.exit(files.length === 0 ? 2 : 0);
}

const name = 'e2e-node';
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort(new Error(`${signal} received`)));
const progress = terminalProgress();
const options = { progress, signal: stop.signal };
const scratch = await mkdtemp(path.join(tmpdir(), 'pca-issuer-node-'));
try {
  const archive = path.join(scratch, 'image.tar');
  const { ctr } = await ensurePrograms(['check', 'helm', 'ctr'], options);
  const [cluster, image] = await Promise.all([up({ name, node: true, keep: values.keep, ...options }), buildImage({ archive, ...options })]);
  console.log(`image: ${image.tag}, ${image.size} unpacked, by ${image.engine}`);
  const importing = progress.begin('image to the node');
  await importImage(ctr, archive);
  importing.end('done');
  const emulatorUrl = await startEmulatorProcess(cluster.directory, network.outside);
  const api = await connect(cluster);
  await trustCluster(api, connectEmulator(emulatorUrl));
  await api.close();
  process.exitCode = await run({ node: { kubeconfig: cluster.kubeconfig, emulatorUrl, directory: cluster.directory, clockUrl: '', metricsUrl: '', controllerLog: '' } });
  if (process.exitCode !== 0) console.log(`logs: ${path.relative(process.cwd(), cluster.directory)}/logs (kept with --keep)`);
} catch (error) {
  console.error(stop.signal.aborted ? 'stopped' : error);
  process.exitCode = 1;
} finally {
  await rm(scratch, { recursive: true, force: true });
  if (values.keep !== true) await down(name);
}

/** One file after the other: they measure. @returns the exit code of the test runner. */
async function run(addresses: WorldAddresses): Promise<number> {
  const only = values.only === undefined ? [] : [`--test-name-pattern=${values.only}`];
  const tests = files.map((file) => path.join(import.meta.dirname, file));
  const child = spawn(process.execPath, ['--test', '--test-concurrency=1', '--test-reporter=spec', ...only, ...tests], {
    stdio: 'inherit',
    env: { ...process.env, [addressesVariable]: JSON.stringify(addresses) },
  });
  stop.signal.addEventListener('abort', () => child.kill('SIGTERM'), { once: true });
  return new Promise((resolve) => child.once('exit', (exit) => resolve(exit ?? 1)));
}
