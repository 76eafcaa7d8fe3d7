// How does a whole control plane come up, and how does it go without a trace?
import { nodeParts } from '../node/claim-machine.ts';
import { ensureNodePrograms } from '../node/programs.ts';
import { connect, type Api } from './api.ts';
import { isLocked, lockFile } from './build/file-lock.ts';
import { identify, isAlive } from './build/process-identity.ts';
import { readProcesses } from './cluster/host-process.ts';
import type { Audit } from './cluster/kubernetes.ts';
import { remove, removeAtExit, sweepOrphans } from './cluster/removal.ts';
import { parts, startCluster, type StartOrder } from './cluster/start.ts';
import { clusterDirectory, clusterNames, isOrphan, lockOf, readCluster, saveCluster, type Cluster } from './cluster/state.ts';
import { installIstio } from './istio/install.ts';
import { ensurePrograms, type ProgramOptions } from './programs.ts';
import { silent, timed, type Progress } from './progress.ts';

export type { Cluster } from './cluster/state.ts';

export interface UpOptions {
  readonly name: string;
  /** build istiod as well and install Istio's CRDs */
  readonly istio?: boolean | undefined;
  /** The oldest Kubernetes and cert-manager that we are tested with (docs/operations.md), in place of the newest. */
  readonly oldest?: boolean | undefined;
  /** with a node, so that pods run: Linux and root only, one on a machine */
  readonly node?: boolean | undefined;
  /** The API server writes down who wrote what, in `audit.log` of the control plane's folder. */
  readonly audit?: Audit | undefined;
  /** Leave it running when this process ends. Otherwise it ends with us, and is swept by the next `up` if we are killed. */
  readonly keep?: boolean | undefined;
  readonly progress?: Progress | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Brings a control plane up: etcd, kube-apiserver, kube-controller-manager, cert-manager's controller and webhook, as
 * processes on free loopback ports. One that runs already and answers is returned as it is; the remains of one that
 * crashed are removed first.
 * @throws Error with the last lines of the process that did not make it; nothing is left running then.
 */
export async function up({ name, istio = false, node = false, oldest = false, audit, keep = false, progress = silent, signal }: UpOptions): Promise<Cluster> {
  const directory = clusterDirectory(name);
  const release = await lockFile(lockOf(name), { signal });
  try {
    await sweepOrphans();
    const found = await find(name);
    // The sweep leaves out what is locked, as this one is by us; the tests of who was killed may still be at work on it.
    const running = found !== undefined && isOrphan(found) ? undefined : found;
    if (running !== undefined) {
      if (node && running.hasNode !== true) throw new Error(`Control plane ${name} runs without a node: take it down first.`);
      if (istio) await addIstio(running, progress, signal);
      if (keep && running.owner !== undefined) await saveCluster({ ...running, owner: undefined });
      return running;
    }
    await remove(directory);
    if (istio) await ensurePrograms(['istiod'], { progress, signal });
    const programs = await (oldest ? oldestPrograms : ensurePrograms)(parts, { progress, signal });
    const nodePrograms = node ? await ensureNodePrograms({ progress, signal }) : undefined;
    if (!keep) removeAtExit(directory);
    const start = async (): Promise<Cluster> => {
      // Until it is complete it is ours, so that it is swept where we are killed in the midst of it.
      const started = await startOrRemove({ name, programs, audit, node: nodePrograms, owner: identify(process.pid), signal });
      if (istio) await addIstio(started, silent, signal);
      const cluster = keep ? { ...started, owner: undefined } : started;
      await saveCluster(cluster);
      return cluster;
    };
    try {
      return await timed(progress, node ? `control plane ${name}, node` : `control plane ${name}`, start, 'ready in');
    } catch (error) {
      await remove(directory);
      throw error;
    }
  } finally {
    await release();
  }
}

/** @returns the parts of an old control plane, under the names of the new ones. */
async function oldestPrograms(_parts: typeof parts, options: ProgramOptions): Promise<StartOrder['programs']> {
  const found = await ensurePrograms(['etcd', 'kube-apiserver-1.34', 'kube-controller-manager-1.34', 'cert-manager-1.19'], options);
  return { etcd: found.etcd, 'kube-apiserver': found['kube-apiserver-1.34'], 'kube-controller-manager': found['kube-controller-manager-1.34'], 'cert-manager': found['cert-manager-1.19'] };
}

/** Starts once more, on other ports, when somebody took one of ours in between. Leaves nothing behind when it fails. */
async function startOrRemove(order: StartOrder): Promise<Cluster> {
  const directory = clusterDirectory(order.name);
  for (let attempt = 1; ; attempt += 1) {
    const starting = startCluster(order);
    try {
      return await orAborted(starting, order.signal);
    } catch (error) {
      await remove(directory); // what waits for these processes gives up then,
      await starting.catch(() => {});
      await remove(directory); // and what it started meanwhile goes too
      if (attempt === 2 || !String(error).includes('address already in use')) throw error;
    }
  }
}

/** Stops the processes of a control plane, these and no others, and removes its state. @returns whether there was one. */
export async function down(name: string): Promise<boolean> {
  const directory = clusterDirectory(name);
  if (!(await clusterNames()).includes(name)) return false;
  await remove(directory);
  return true;
}

/** @returns the control plane of this name if all its processes live and its API server answers, else undefined. */
export async function find(name: string): Promise<Cluster | undefined> {
  const cluster = await readCluster(name);
  if (cluster === undefined) return undefined;
  const names = new Set((await readProcesses(cluster.directory)).filter((each) => isAlive(each)).map((each) => each.name));
  if (![...parts, 'cert-manager-webhook', ...(cluster.hasNode === true ? nodeParts : [])].every((part) => names.has(part))) return undefined;
  return (await isHealthy(cluster)) ? cluster : undefined;
}

export interface ListedCluster {
  readonly name: string;
  readonly state: 'running' | 'starting' | 'broken';
  /** undefined for one that is still coming up, or never did */
  readonly cluster: Cluster | undefined;
}

/** @returns all control planes of this checkout, by name. */
export async function list(): Promise<readonly ListedCluster[]> {
  return Promise.all(
    (await clusterNames()).map(async (name): Promise<ListedCluster> => {
      const running = await find(name);
      const state = running !== undefined ? 'running' : (await isLocked(lockOf(name))) ? 'starting' : 'broken';
      return { name, state, cluster: running ?? (await readCluster(name)) };
    }),
  );
}

async function addIstio(cluster: Cluster, progress: Progress, signal: AbortSignal | undefined): Promise<void> {
  const { istiod } = await ensurePrograms(['istiod'], { progress, signal });
  await withApi(cluster, (api) => installIstio(api, istiod));
}

async function withApi<T>(cluster: Cluster, use: (api: Api) => Promise<T>): Promise<T> {
  const api = await connect(cluster);
  try {
    return await use(api);
  } finally {
    await api.close();
  }
}

async function isHealthy(cluster: Cluster): Promise<boolean> {
  return withApi(cluster, async (api) => {
    await api.request({ path: '/version', signal: AbortSignal.timeout(5000) });
    return true;
  }).catch(() => false);
}

/** @throws the signal's reason as soon as it is aborted, though the work goes on. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason as Error);
  signal.addEventListener('abort', abort);
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
