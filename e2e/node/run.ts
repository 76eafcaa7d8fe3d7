// `npm run e2e:node`: the image, installed by helm, as real pods on a real node.
import { globSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { connect } from '../../hack/control-plane/api.ts';
import { recordProcess } from '../../hack/control-plane/cluster/host-process.ts';
import { terminalProgress } from '../../hack/control-plane/progress.ts';
import { ensurePrograms } from '../../hack/control-plane/programs.ts';
import { connectEmulator } from '../../hack/pca-emulator/src/admin-client.ts';
import { tellEnd, unavailableCode } from '../../hack/test/unavailable.ts';
import { trustCluster } from '../../hack/world/trust.ts';
import { startEmulatorProcess } from '../../hack/world/world.ts';
import { runTests, stopOnSignals, tellLogs } from '../harness/test-runner.ts';
import { seesProcesses, setStage, type Stage, type StageOrder } from './stage.ts';

const help = `Builds the image, starts a control plane with a real node, and runs the scenarios of e2e/node on it. Linux and root only.

Usage: npm run e2e:node -- [FLAGS]

  --only PATTERN   run the scenarios whose names match
  --file NAME      run one file of e2e/node, such as install
  --keep           leave everything running at the end; npm run cluster -- down --name e2e-node ends it
  --kind           on a cluster of kind instead, with its own cert-manager: needs docker and kind on the PATH, no root;
                   kind delete cluster --name pca-issuer-e2e ends one that was kept. Written with care, and run nowhere yet
  --kubeconfig FILE --emulator-host ADDRESS [--image REFERENCE]
                   on a cluster of your own, one for tests, that has cert-manager. ADDRESS is one of this machine that its pods
                   reach: what stands for AWS listens there. REFERENCE is what the nodes pull or have; unless told, what the
                   chart asks for. The namespaces pca-issuer and second are used, and stay, as our CRDs do; istio-system must not
                   be there, and goes again

Scenarios that look at the processes of pods need root, and pods on this machine: elsewhere they are left out.
Exits with ${unavailableCode} and one sentence where this machine lacks what is needed, though nothing has failed.`;

const { values } = parseArgs({
  options: {
    only: { type: 'string' }, file: { type: 'string' }, keep: { type: 'boolean' }, help: { type: 'boolean', short: 'h' },
    kind: { type: 'boolean' }, kubeconfig: { type: 'string' }, 'emulator-host': { type: 'string' }, image: { type: 'string' },
  },
});
const files = globSync(`${values.file ?? '*'}.test.ts`, { cwd: import.meta.dirname }).toSorted();
const order = orderOf();
if (values.help === true || files.length === 0 || order === undefined) {
  console.log(help);
  process.exit(values.help === true ? 0 : 2);
}

const signal = stopOnSignals();
const options = { progress: terminalProgress(), signal };
let stage: Stage | undefined;
try {
  stage = await setStage(order, { ...options, keep: values.keep === true });
  await ensurePrograms(['check', 'helm', 'kubectl'], options);
  const { kubeconfig, directory, image, host } = stage;
  const emulatorUrl = await startEmulatorProcess(directory, host);
  const api = await connect(kubeconfig);
  await trustCluster(api, connectEmulator(emulatorUrl));
  const sees = await seesProcesses(api);
  await api.close();
  process.exitCode = await runTests(files.map((file) => path.join(import.meta.dirname, file)), {
    atATime: 1, // they measure
    only: values.only,
    leavesOut: !sees,
    addresses: { node: { kubeconfig, emulatorUrl, directory, image, seesProcesses: sees, clockUrl: '', metricsUrl: '', controllerLog: '' } },
    signal,
    onStart: (pid) => recordProcess(directory, 'test-runner', pid), // where we are killed, it must not go on in the world of the next run
  });
  if (process.exitCode !== 0) tellLogs([{ name: path.basename(directory), directory }]);
} catch (error) {
  process.exitCode = signal.aborted ? 1 : tellEnd(error);
  if (signal.aborted) console.error('stopped');
} finally {
  await stage?.close();
}

/** @returns undefined where the flags do not go together. */
function orderOf(): StageOrder | undefined {
  const { kind, kubeconfig, 'emulator-host': host, image } = values;
  if (kubeconfig !== undefined) return kind === true || host === undefined ? undefined : { kind: 'kubeconfig', file: path.resolve(kubeconfig), host, image };
  if (host !== undefined || image !== undefined) return undefined;
  return { kind: kind === true ? 'kind' : 'node' };
}
