// What is started in which order, and what waits for what?
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { claimMachine } from '../../node/claim-machine.ts';
import { network } from '../../node/layout.ts';
import { makeNetwork } from '../../node/node-network.ts';
import type { NodePrograms } from '../../node/programs.ts';
import { startNode } from '../../node/start-node.ts';
import { connect } from '../api.ts';
import { kubeconfigText } from '../kubeconfig.ts';
import { readCertManagerManifests, startCertManager } from './cert-manager.ts';
import { makeCredentials, type Credentials } from './credentials.ts';
import { startApiServer, type Audit, startControllerManager, startEtcd } from './kubernetes.ts';
import type { KeyAndCertificate } from './openssl.ts';
import { freePorts } from './ports.ts';
import { clusterDirectory, saveCluster, type Cluster } from './state.ts';

export const parts = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'cert-manager'] as const;

/** Of the Service `kubernetes`, which pods ask for the API server: the first of --service-cluster-ip-range. */
const serviceAddress = '10.0.0.1';

export interface StartOrder {
  readonly name: string;
  /** paths of the binaries */
  readonly programs: Readonly<Record<(typeof parts)[number], string>>;
  readonly owner: Cluster['owner'];
  readonly audit: Audit | undefined;
  /** what a node is made of, where pods shall run */
  readonly node?: NodePrograms | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Starts everything in an empty folder. @throws Error when a part fails or the signal is aborted: the rest may run then. */
export async function startCluster({ name, programs, owner, audit, node, signal }: StartOrder): Promise<Cluster> {
  const directory = clusterDirectory(name);
  const hasNode = node !== undefined;
  if (hasNode) {
    await claimMachine(directory);
    makeNetwork();
    // Go takes only the loopback for a place without proxy.
    process.env['NO_PROXY'] = [process.env['NO_PROXY'], network.outside, network.inside].filter(Boolean).join(',');
  }
  const host = hasNode ? network.outside : '127.0.0.1';
  const [credentials, ports] = await Promise.all([makeCredentials(join(directory, 'credentials'), hasNode ? [host, serviceAddress] : []), freePorts(6)]);
  const [etcd, etcdPeer, server, controllerHealth, webhook, webhookHealth] = ports as [number, number, number, number, number, number];
  const cluster: Cluster = {
    name,
    directory,
    server: `https://${host}:${server}`,
    caFile: credentials.caFile,
    adminCertificateFile: credentials.admin.certificateFile,
    adminKeyFile: credentials.admin.keyFile,
    kubeconfig: join(directory, 'kubeconfig'),
    serviceAccountIssuer: `https://oidc.${name}.test`,
    startedAt: new Date().toISOString(),
    hasNode,
    owner,
  };
  const managerKubeconfig = join(directory, 'kube-controller-manager.kubeconfig');
  await Promise.all([
    saveCluster(cluster),
    writeKubeconfig(cluster.kubeconfig, cluster, credentials, credentials.admin),
    writeKubeconfig(managerKubeconfig, cluster, credentials, credentials.controllerManager),
  ]);

  const kubernetes = { directory, programs, credentials, audit, serviceAccountIssuer: cluster.serviceAccountIssuer, ports: { etcd, etcdPeer, server }, host, hasNode };
  const certManager = { directory, program: programs['cert-manager'], credentials, ports: { controllerHealth, webhook, webhookHealth } };
  signal?.throwIfAborted();
  // kube-apiserver waits for etcd by itself, and spends its first second on other things.
  const [manifests] = await Promise.all([readCertManagerManifests(certManager.program), startEtcd(kubernetes), startApiServer(kubernetes)]);
  signal?.throwIfAborted();
  const api = await connect(cluster);
  try {
    await api.apply(manifests); // not yet the webhook's registration: nobody answers there
    signal?.throwIfAborted();
    // After the CRDs, so that the garbage collector knows CertificateRequests from its first look on.
    await Promise.all([
      startControllerManager(kubernetes, managerKubeconfig, api),
      startCertManager(certManager, api),
      node === undefined ? undefined : startNode({ directory, programs: node, authority: credentials.authority, api, signal }),
    ]);
  } finally {
    await api.close();
  }
  signal?.throwIfAborted();
  return cluster;
}

async function writeKubeconfig(file: string, { name, server }: Cluster, { caFile }: Credentials, user: KeyAndCertificate): Promise<void> {
  const read = (path: string) => readFile(path, 'utf8');
  const [caPem, clientCertificatePem, clientKeyPem] = await Promise.all([read(caFile), read(user.certificateFile), read(user.keyFile)]);
  const text = kubeconfigText({ name, server, caPem, user: { clientCertificatePem, clientKeyPem } });
  await writeFile(file, text, { mode: 0o600 });
}
