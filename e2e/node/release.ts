// A release of the chart on the real node: what a platform team does with helm, and what its pods do then.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ApiObject } from '../../hack/control-plane/api/objects.ts';
import { helmEnvironment } from '../../hack/control-plane/helm-environment.ts';
import { program } from '../../hack/control-plane/programs.ts';
import { roleArn } from '../../hack/world/trust.ts';
import type { ScenarioWorld } from '../harness/worlds.ts';

const run = promisify(execFile);
export const chart = join(import.meta.dirname, '../../config/chart/pca-issuer');

/** Where EKS's webhook mounts the token of IRSA. */
const tokenFolder = '/var/run/secrets/eks.amazonaws.com/serviceaccount';

/** What leads to the double of AWS instead of to AWS: the only thing that the lane adds to the default values. */
export function endpoints({ address }: ScenarioWorld): Readonly<Record<string, string>> {
  return { AWS_ENDPOINT_URL_ACM_PCA: address.emulatorUrl, AWS_ENDPOINT_URL_STS: address.emulatorUrl };
}

/** Values that give the pods what EKS's webhook gives those of an annotated ServiceAccount. */
export function irsaValues(world: ScenarioWorld, role = roleArn): object {
  return {
    env: { ...endpoints(world), AWS_REGION: 'eu-central-1', AWS_ROLE_ARN: role, AWS_WEB_IDENTITY_TOKEN_FILE: `${tokenFolder}/token` },
    volumes: [{ name: 'aws-iam-token', projected: { sources: [{ serviceAccountToken: { audience: 'sts.amazonaws.com', expirationSeconds: 86_400, path: 'token' } }] } }],
    volumeMounts: [{ name: 'aws-iam-token', mountPath: tokenFolder, readOnly: true }],
  };
}

/** Runs helm as the cluster's admin. @returns what it said. @throws Error with its complaint */
export async function helm({ address }: ScenarioWorld, ...args: readonly string[]): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'pca-issuer-helm-'));
  try {
    return (await run(await program('helm'), args, { env: helmEnvironment(home, address.kubeconfig), maxBuffer: 16 << 20 })).stdout;
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

/** Makes a namespace that lets in only what keeps to Pod Security `restricted`. */
export async function restrictedNamespace({ api }: ScenarioWorld, name: string): Promise<void> {
  const enforce = { 'pod-security.kubernetes.io/enforce': 'restricted', 'pod-security.kubernetes.io/enforce-version': 'latest' };
  await api.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: enforce } });
}

/** For helm: a limit that only ends what hangs. */
export const patience = ['--timeout', '5m'] as const;

/** Installs or upgrades, and waits until all replicas are Ready and none of before is left. The namespace is that of the release's name. */
export async function install(world: ScenarioWorld, release: string, values: object): Promise<void> {
  await restrictedNamespace(world, release);
  const folder = await mkdtemp(join(tmpdir(), 'pca-issuer-values-'));
  try {
    const file = join(folder, 'values.json');
    await writeFile(file, JSON.stringify({ ...world.address.image, ...values }));
    await helm(world, 'upgrade', '--install', release, chart, '--namespace', release, '--wait', ...patience, '--values', file);
    await rolledOut(world, release);
  } catch (error) {
    throw new Error(`${release} did not become Ready: ${await plight(world, release)}`, { cause: error });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Waits until new pods have taken the place of the old ones: helm returns while some of those still run, one that leads among them. */
export async function rolledOut(world: ScenarioWorld, release: string): Promise<void> {
  await world.api.waitFor({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: release }, ({ metadata, spec, status }) => {
    const wanted = (spec as { readonly replicas?: number } | undefined)?.replicas;
    const { observedGeneration, replicas, updatedReplicas, availableReplicas } = (status ?? {}) as Record<string, number>;
    return observedGeneration === metadata['generation'] && [replicas, updatedReplicas, availableReplicas].every((count) => count === wanted);
  }, { labelSelector: `app.kubernetes.io/instance=${release}`, what: `the rollout of ${release} to be done` });
  const leaving = (await allPodsOf(world, release)).filter(({ metadata }) => metadata['deletionTimestamp'] !== undefined);
  for (const { metadata } of leaving) await world.api.waitForGone({ apiVersion: 'v1', kind: 'Pod', namespace: release, name: metadata.name });
}

/** helm waits for what it made itself, which the pods are not. */
export async function uninstall(world: ScenarioWorld, release: string): Promise<void> {
  await helm(world, 'uninstall', release, '--namespace', release, '--wait', ...patience);
  await podsAreGone(world, release);
}

const podsAreGone = ({ api }: ScenarioWorld, release: string): Promise<void> =>
  api.waitForGone({ apiVersion: 'v1', kind: 'Pod', namespace: release }, { labelSelector: `app.kubernetes.io/instance=${release}`, what: `the pods of ${release} to be gone` });

/** Takes a release away, and the lease that its leader could no longer give back, so that the next one need not wait for its end. */
export async function dispose(world: ScenarioWorld, release: string): Promise<void> {
  await uninstall(world, release).catch(() => {}); // a scenario may have done it
  await podsAreGone(world, release);
  await world.api.remove({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace: release, name: leaseName });
}

const leaseName = 'b858308c.awspca.cert-manager.io';

/** @returns the running pods of a release, those that are going left out. */
export async function podsOf(world: ScenarioWorld, release: string): Promise<readonly ApiObject[]> {
  return (await allPodsOf(world, release)).filter(({ metadata }) => metadata['deletionTimestamp'] === undefined);
}

const allPodsOf = ({ api }: ScenarioWorld, release: string): Promise<readonly ApiObject[]> =>
  api.list({ apiVersion: 'v1', kind: 'Pod', namespace: release }, { labelSelector: `app.kubernetes.io/instance=${release}` });

/** @returns the name of the pod that leads, once one does: another one than this, or else one that runs now. */
export async function leaderOf(world: ScenarioWorld, release: string, other?: string): Promise<string> {
  const running = (await podsOf(world, release)).map(({ metadata }) => metadata.name ?? '');
  return podOf(await holderOf(world, release, (holder) => (other === undefined ? running.includes(podOf(holder)) : podOf(holder) !== other)));
}

/** @returns who holds the lease, once somebody does who satisfies: a pod's name, and what tells the lives of its container apart. */
export async function holderOf(world: ScenarioWorld, release: string, satisfies: (holder: string) => boolean = () => true): Promise<string> {
  const named = ({ spec }: ApiObject): string => (spec as { readonly holderIdentity?: string } | undefined)?.holderIdentity ?? '';
  const lease = await world.api.waitFor(
    { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace: release, name: leaseName },
    (object) => named(object) !== '' && satisfies(named(object)),
    { what: `the lease of ${release} to have the holder that is waited for` },
  );
  return named(lease);
}

export const podOf = (holder: string): string => holder.split('_')[0] ?? '';

/** What pods say of why they do not run. */
async function plight(world: ScenarioWorld, release: string): Promise<string> {
  const [pods, events] = await Promise.all([podsOf(world, release), world.api.list({ apiVersion: 'v1', kind: 'Event', namespace: release })]);
  const states = pods.map(({ metadata, status }) => `${metadata.name}: ${JSON.stringify((status as { containerStatuses?: unknown }).containerStatuses ?? status)}`);
  return [...states, ...events.filter(({ type }) => type === 'Warning').map(({ message }) => String(message))].join('\n');
}
