// What is known of a control plane between the process that started it and those that use or stop it?
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isAlive, type ProcessIdentity } from '../build/process-identity.ts';

/** A running control plane. Everything in it is a fact for its users; its processes lie under `directory`. */
export interface Cluster {
  readonly name: string;
  /** absolute: state, logs, credentials and kubeconfigs */
  readonly directory: string;
  /** https://127.0.0.1:PORT, or where the pods of its node reach it too */
  readonly server: string;
  readonly caFile: string;
  readonly adminCertificateFile: string;
  readonly adminKeyFile: string;
  /** path of the admin's kubeconfig */
  readonly kubeconfig: string;
  /** `iss` of this cluster's ServiceAccount tokens; no other cluster has it. Keys: GET /openid/v1/jwks */
  readonly serviceAccountIssuer: string;
  readonly startedAt: string;
  /** Whether pods can run. */
  readonly hasNode?: boolean | undefined;
  /** the process whose end makes it an orphan; none for one that is meant to stay */
  readonly owner?: ProcessIdentity | undefined;
}

/** Where control planes live: `.cluster` at the top of the checkout. */
export const clustersFolder = fileURLToPath(new URL('../../../.cluster', import.meta.url));

/** @throws Error that says what a name may be: it becomes a folder, a context and a part of a host name. */
export function clusterDirectory(name: string): string {
  if (!/^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/.test(name)) {
    throw new Error(`"${name}" cannot name a control plane: use up to 32 lower-case letters, digits and dashes.`);
  }
  return resolve(clustersFolder, name);
}

/** The lock that whoever brings it up or takes it down holds. */
export function lockOf(name: string): string {
  return `${clusterDirectory(name)}.lock`;
}

export async function saveCluster(cluster: Cluster): Promise<void> {
  await mkdir(cluster.directory, { recursive: true });
  const file = join(cluster.directory, 'cluster.json');
  await writeFile(`${file}.new`, `${JSON.stringify(cluster, undefined, 2)}\n`);
  await rename(`${file}.new`, file);
}

/** @returns undefined when there is none of this name, or when it never came up. */
export async function readCluster(name: string): Promise<Cluster | undefined> {
  return readClusterIn(clusterDirectory(name));
}

/** The same for a folder, which may be another checkout's. */
export async function readClusterIn(directory: string): Promise<Cluster | undefined> {
  try {
    return JSON.parse(await readFile(join(directory, 'cluster.json'), 'utf8')) as Cluster;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** @returns the names of all that have a folder, whether they came up or not. */
export async function clusterNames(): Promise<readonly string[]> {
  const entries = await readdir(clustersFolder, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name).toSorted();
}

/** Whether the process that wanted it only for itself has ended without taking it down. */
export function isOrphan({ owner }: Cluster): boolean {
  return owner !== undefined && !isAlive(owner);
}
