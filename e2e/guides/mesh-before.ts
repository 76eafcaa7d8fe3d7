// A mesh as a guide finds it: istiod runs in both clusters already, on a root of somebody else.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { ApiObject } from '../../hack/control-plane/api/objects.ts';
import { decode } from '../../hack/control-plane/api/secret-data.ts';
import { openssl } from '../../hack/control-plane/cluster/openssl.ts';
import { istioCharts } from '../../hack/control-plane/istio/chart-repository.ts';
import { untilHandedOut } from '../../hack/control-plane/istio/handed-out.ts';
import type { Cluster, GuideStage } from './stage.ts';

const run = promisify(execFile);

export type ClusterName = 'a' | 'b';

/** Installs Istio by its own charts. @returns once istiod is ready. */
export async function installIstio({ environment, facts }: GuideStage, context: ClusterName): Promise<void> {
  const helm = (...args: readonly string[]) => run('helm', ['--kube-context', context, '-n', 'istio-system', '--repo', facts[istioCharts] ?? '', 'install', ...args], { env: environment });
  await helm('istio-base', 'base', '--create-namespace');
  await helm('istiod', 'istiod', '--set', `global.meshID=mesh1,global.multiCluster.clusterName=${context},global.network=network-${context}`);
  await run('kubectl', ['--context', context, '-n', 'istio-system', 'rollout', 'status', 'deployment/istiod', '--timeout=120s'], { env: environment });
}

/** @returns once it is ready again. */
export async function restartIstiod({ environment }: GuideStage, context: ClusterName): Promise<void> {
  for (const words of [['restart', 'deployment/istiod'], ['status', 'deployment/istiod', '--timeout=120s']]) {
    await run('kubectl', ['--context', context, '-n', 'istio-system', 'rollout', ...words], { env: environment });
  }
}

export async function cacertsOf({ api }: Cluster): Promise<ApiObject> {
  const secret = await api.get({ apiVersion: 'v1', kind: 'Secret', namespace: 'istio-system', name: 'cacerts' });
  if (secret === undefined) throw new Error('there is no cacerts');
  return secret;
}

/** Waits until istiod hands out the roots of `cacerts`, or these, where workloads of the tests are, and where `verify` looks. @returns them */
export async function handedOut(cluster: Cluster, roots?: string): Promise<string> {
  const wanted = roots ?? rootsOf(await cacertsOf(cluster));
  for (const namespace of ['default', 'istio-system']) await untilHandedOut(cluster.api, namespace, wanted);
  return wanted;
}

function rootsOf(secret: ApiObject): string {
  const { 'ca.crt': tls, 'root-cert.pem': classic = '' } = secret['data'] as Record<string, string>;
  return decode(tls ?? classic);
}

/** What a management plane hands out: an intermediate for each name, all under one root of its own, as Secrets `cacerts` of the older layout. */
export async function classicSecrets(names: readonly ClusterName[], root: string): Promise<readonly ApiObject[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'classic-'));
  const at = (file: string) => path.join(folder, file);
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const use = 'keyUsage=critical,keyCertSign,cRLSign';
  try {
    await openssl(['req', '-x509', ...newKey, '-keyout', at('root.key'), '-out', at('root.pem'), '-days', '3650', '-subj', `/CN=${root}`, '-addext', use]);
    await writeFile(at('extensions'), `basicConstraints=critical,CA:TRUE,pathlen:0\n${use}\n`);
    const secrets: ApiObject[] = [];
    for (const name of names) {
      await openssl(['req', '-new', ...newKey, '-keyout', at('key.pem'), '-out', at('request.pem'), '-subj', `/CN=${root} ${name}`]);
      await openssl(['x509', '-req', '-in', at('request.pem'), '-CA', at('root.pem'), '-CAkey', at('root.key'), '-CAcreateserial', '-days', '365', '-extfile', at('extensions'), '-out', at('certificate.pem')]);
      const [certificate, key, trusted] = await Promise.all(['certificate.pem', 'key.pem', 'root.pem'].map((file) => readFile(at(file), 'utf8')));
      const stringData = { 'ca-cert.pem': certificate, 'ca-key.pem': key, 'root-cert.pem': trusted, 'cert-chain.pem': `${certificate}${trusted}` };
      secrets.push({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'cacerts', namespace: 'istio-system' }, stringData });
    }
    return secrets;
  } finally {
    await rm(folder, { recursive: true });
  }
}
