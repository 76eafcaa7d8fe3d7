// Everything that a demo or a scenario needs, up and wired: a control plane, the PCA emulator, our CRDs and RBAC, our controller.
import { join } from 'node:path';
import { connect, type Api } from '../control-plane/api.ts';
import { readManifests } from '../control-plane/api/objects.ts';
import { down, up, type Cluster } from '../control-plane/cluster.ts';
import { killProcesses, readProcesses, startProcess, untilReady } from '../control-plane/cluster/host-process.ts';
import { freePorts } from '../control-plane/cluster/ports.ts';
import { clusterDirectory } from '../control-plane/cluster/state.ts';
import { silent, timed, type Progress } from '../control-plane/progress.ts';
import { connectEmulator, type EmulatorClient } from '../pca-emulator/src/admin-client.ts';
import { startControllerProcess, type ControllerProcess } from './controller-process.ts';
import { ourIdentity, secondRoleArn, trustCluster, userName } from './trust.ts';

export interface WorldOptions {
  /** Name of the control plane, and of the folder under .cluster. */
  readonly name: string;
  /** A cluster of one's own that has cert-manager; none is started then. */
  readonly kubeconfig?: string | undefined;
  readonly istio?: boolean | undefined;
  /** The oldest Kubernetes and cert-manager that we are tested with. */
  readonly oldest?: boolean | undefined;
  /** Everything outlives this process; `npm run cluster -- down` ends it. */
  readonly keep?: boolean | undefined;
  /** false: nobody approves requests by himself (our approver ClusterRole is left out). */
  readonly approves?: boolean | undefined;
  readonly controller: 'bundle' | 'clocked';
  /** The bodies of everything that our ServiceAccount writes are kept in `audit.log`. */
  readonly audit?: boolean | undefined;
  /** More flags of the controller. */
  readonly flags?: readonly string[] | undefined;
  /** A world of the same company: this one has its CAs in the account of that one, and a role of its own. */
  readonly beside?: Pick<World, 'emulatorUrl'> | undefined;
  /** More flags of the node that runs it. */
  readonly nodeFlags?: readonly string[] | undefined;
  /** The bundle that runs; built where left out. */
  readonly bundle?: string | undefined;
  readonly progress?: Progress | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface World {
  readonly name: string;
  /** Logs and state of every process. */
  readonly directory: string;
  /** undefined where the cluster is one's own. */
  readonly cluster: Cluster | undefined;
  readonly kubeconfig: string;
  readonly api: Api;
  readonly emulator: EmulatorClient;
  readonly emulatorUrl: string;
  readonly controller: ControllerProcess;
  /** Where the proxy before the API server is told what to do; undefined where there is none. */
  readonly proxyUrl?: string | undefined;
  close(): Promise<void>;
}

const root = join(import.meta.dirname, '../..');
const ready = 'ready in';

export async function startWorld(options: WorldOptions): Promise<World> {
  const { name, istio = false, keep = false, progress = silent, signal } = options;
  const cluster = options.kubeconfig === undefined ? await up({ name, istio, oldest: options.oldest, audit: options.audit === true ? { bodiesOf: userName } : undefined, keep, progress, signal }) : undefined;
  const directory = cluster?.directory ?? clusterDirectory(name);
  const kubeconfig = cluster?.kubeconfig ?? options.kubeconfig ?? '';
  const api = await connect(cluster ?? kubeconfig);
  const close = async (): Promise<void> => {
    await api.close();
    if (keep) return;
    if (cluster === undefined) await killProcesses(await readProcesses(directory));
    else await down(name);
  };
  try {
    const emulatorUrl = options.beside?.emulatorUrl ?? (await timed(progress, 'AWS Private CA emulator', () => startEmulatorProcess(directory), ready));
    const identity = options.beside === undefined ? ourIdentity : { ...ourIdentity, roleArn: secondRoleArn };
    const emulator = connectEmulator(emulatorUrl);
    const setUp = async (): Promise<void> => {
      await install(api, options.approves ?? true);
      await trustCluster(api, emulator, [identity]);
    };
    await timed(progress, 'our CRDs, RBAC, IAM trust', setUp, ready);
    const start = () =>
      startControllerProcess({ api, directory, emulatorUrl, form: options.controller, identity, flags: options.flags, nodeFlags: options.nodeFlags, bundle: options.bundle });
    const controller = await timed(progress, 'our controller', start, ready);
    return { name, directory, cluster, kubeconfig, api, emulator, emulatorUrl, controller, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** @param host where it listens: the loopback, or where the pods of a node reach it. */
export async function startEmulatorProcess(directory: string, host = '127.0.0.1'): Promise<string> {
  const [port = 0] = await freePorts(1);
  const started = startProcess({
    directory,
    name: 'pca-emulator',
    command: process.execPath,
    args: [join(root, 'hack/pca-emulator/src/cli.ts'), 'serve', '--host', host, '--port', String(port), '--state', join(directory, 'pca-emulator.json')],
  });
  const url = `http://${host}:${port}`;
  await untilReady(started, async () => (await fetch(`${url}/healthz`)).ok);
  return url;
}

/** What `kubectl apply -k config/default` installs, less the Deployment: the controller runs as a process here. */
export async function install(api: Api, approves: boolean): Promise<void> {
  const objects = await readManifests(join(root, 'config/default'));
  const isLeftOut = ({ kind, metadata }: (typeof objects)[number]): boolean =>
    kind === 'Deployment' || kind === 'Kustomization' || (!approves && metadata.name?.endsWith('-approver') === true);
  await api.apply(objects.filter((object) => !isLeftOut(object)));
}
