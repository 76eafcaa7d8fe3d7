// How are etcd, kube-apiserver and kube-controller-manager started, and when do they answer?
import { request as httpRequest } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Api } from '../api.ts';
import type { Credentials } from './credentials.ts';
import { startProcess, untilReady, type HostProcess } from './host-process.ts';

export interface KubernetesOrder {
  readonly directory: string;
  readonly programs: Readonly<Record<'etcd' | 'kube-apiserver' | 'kube-controller-manager', string>>;
  readonly credentials: Credentials;
  readonly serviceAccountIssuer: string;
  /** every write is noted in `audit.log` */
  readonly audit: Audit | undefined;
  readonly ports: { readonly etcd: number; readonly etcdPeer: number; readonly server: number };
  /** Where the API server listens: the loopback, or where the pods of a node reach it. */
  readonly host: string;
  /** A node belongs to it, whose kubelet it asks for logs and the like. */
  readonly hasNode: boolean;
}

/** Starts a store of one member that never waits for the disk. @returns once it answers */
export async function startEtcd({ directory, programs, ports }: KubernetesOrder): Promise<HostProcess> {
  const client = `http://127.0.0.1:${ports.etcd}`;
  const peer = `http://127.0.0.1:${ports.etcdPeer}`;
  const started = startProcess({
    directory,
    name: 'etcd',
    command: programs.etcd,
    args: [
      `--data-dir=${join(directory, 'etcd')}`, '--unsafe-no-fsync', '--log-level=warn',
      `--listen-client-urls=${client}`, `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`, `--initial-advertise-peer-urls=${peer}`, `--initial-cluster=default=${peer}`,
      // alone it need not wait a second for rivals before it leads
      '--heartbeat-interval=20', '--election-timeout=100',
    ],
  });
  await untilReady(started, () => answers(`${client}/health`));
  return started;
}

/** @returns once /readyz is content. */
export async function startApiServer({ directory, programs, credentials, serviceAccountIssuer, audit, ports, host, hasNode }: KubernetesOrder): Promise<HostProcess> {
  const started = startProcess({
    directory,
    name: 'kube-apiserver',
    command: programs['kube-apiserver'],
    args: [
      `--etcd-servers=http://127.0.0.1:${ports.etcd}`,
      `--bind-address=${host}`, `--advertise-address=${host}`, `--secure-port=${ports.server}`,
      `--tls-cert-file=${credentials.server.certificateFile}`, `--tls-private-key-file=${credentials.server.keyFile}`,
      `--client-ca-file=${credentials.caFile}`,
      ...(hasNode ? nodeFlags(credentials) : alone),
      `--service-account-key-file=${credentials.serviceAccountPublicKeyFile}`,
      `--service-account-signing-key-file=${credentials.serviceAccountKeyFile}`,
      `--service-account-issuer=${serviceAccountIssuer}`,
      '--service-cluster-ip-range=10.0.0.0/24', '--profiling=false',
      ...(audit === undefined ? [] : auditFlags(directory, audit)),
    ],
  });
  const tls = { ca: readFileSync(credentials.caFile), cert: readFileSync(credentials.admin.certificateFile), key: readFileSync(credentials.admin.keyFile) };
  await untilReady(started, () => answers(`https://${host}:${ports.server}/readyz`, tls));
  return started;
}

/** Endpoints may not name a loopback address. */
const alone = ['--authorization-mode=RBAC', '--endpoint-reconciler-type=none'];

function nodeFlags({ admin }: Credentials): readonly string[] {
  return [
    '--authorization-mode=Node,RBAC', '--enable-admission-plugins=NodeRestriction', '--allow-privileged=true', '--kubelet-preferred-address-types=InternalIP',
    `--kubelet-client-certificate=${admin.certificateFile}`, `--kubelet-client-key=${admin.keyFile}`,
  ];
}

/** What `audit.log` holds: every write without its body, or those of one user with what was written. */
export type Audit = 'writes' | { readonly bodiesOf: string };

/** Each line is in the file before the write is answered. */
function auditFlags(directory: string, audit: Audit): readonly string[] {
  const policy = join(directory, 'audit-policy.json');
  const verbs = ['create', 'update', 'patch', 'delete'];
  // An answer to a TokenRequest is a credential by itself; its request is none.
  const kept = audit === 'writes' ? { level: 'Metadata', verbs } : { level: 'Request', verbs, users: [audit.bodiesOf] };
  writeFileSync(policy, JSON.stringify({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', omitStages: ['RequestReceived'], rules: [kept, { level: 'None' }] }));
  return [`--audit-policy-file=${policy}`, `--audit-log-path=${join(directory, 'audit.log')}`];
}

const controllers = [
  'serviceaccount-token-controller', 'serviceaccount-controller', 'garbage-collector-controller',
  'namespace-controller', 'root-ca-certificate-publisher-controller', 'clusterrole-aggregation-controller',
];

/**
 * @param kubeconfig  of system:kube-controller-manager
 * @returns once it has done its first work: the default namespace has its ServiceAccount.
 */
export async function startControllerManager({ directory, programs, credentials, hasNode }: KubernetesOrder, kubeconfig: string, api: Api): Promise<HostProcess> {
  const started = startProcess({
    directory,
    name: 'kube-controller-manager',
    command: programs['kube-controller-manager'],
    args: [
      `--kubeconfig=${kubeconfig}`, '--bind-address=127.0.0.1', '--secure-port=0', '--leader-elect=false',
      `--controllers=${hasNode ? '*' : controllers.join(',')}`, '--use-service-account-credentials',
      `--service-account-private-key-file=${credentials.serviceAccountKeyFile}`, `--root-ca-file=${credentials.caFile}`,
      ...(hasNode ? [`--cluster-signing-cert-file=${credentials.authority.certificateFile}`, `--cluster-signing-key-file=${credentials.authority.keyFile}`] : []),
    ],
  });
  await untilReady(started, async () => {
    await api.waitFor({ apiVersion: 'v1', kind: 'ServiceAccount', namespace: 'default', name: 'default' }, () => true);
    return true;
  });
  return started;
}

/** Asks a URL of the loopback. @returns whether it answered 200 */
export function answers(url: string, tls: Pick<RequestOptions, 'ca' | 'cert' | 'key'> = {}): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const send = url.startsWith('https:') ? httpsRequest : httpRequest;
    const request = send(url, { ...tls, agent: false, timeout: 15_000 }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode === 200));
    });
    request.once('error', reject).once('timeout', () => request.destroy());
    request.end();
  });
}
