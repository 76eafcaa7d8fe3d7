// With which certificates do the parts of a node speak to the API server, and it to the kubelet?
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeCertificate, type KeyAndCertificate } from '../control-plane/cluster/openssl.ts';
import { kubeconfigText } from '../control-plane/kubeconfig.ts';
import { nodeName } from './layout.ts';

const clients = {
  kubelet: `/O=system:nodes/CN=system:node:${nodeName}`,
  'kube-scheduler': '/CN=system:kube-scheduler',
  'kube-proxy': '/CN=system:kube-proxy',
  coredns: '/CN=system:coredns',
} as const;

export type NodeKubeconfigs = Readonly<Record<keyof typeof clients, string>>;

export interface ControlPlaneAccess {
  /** where the node keeps its own files */
  readonly folder: string;
  readonly authority: KeyAndCertificate;
  readonly server: string;
}

const client = ['keyUsage=critical,digitalSignature', 'extendedKeyUsage=clientAuth', 'basicConstraints=critical,CA:FALSE'];

/** @returns the files of a kubeconfig for each part. */
export async function makeNodeKubeconfigs({ folder, authority, server }: ControlPlaneAccess): Promise<NodeKubeconfigs> {
  const read = (path: string) => readFile(path, 'utf8');
  const made = Object.entries(clients).map(async ([name, subject]) => {
    const { certificateFile, keyFile } = await makeCertificate({ directory: folder, name, subject, extensions: client, issuer: authority });
    const [caPem, clientCertificatePem, clientKeyPem] = await Promise.all([read(authority.certificateFile), read(certificateFile), read(keyFile)]);
    const file = join(folder, `${name}.kubeconfig`);
    await writeFile(file, kubeconfigText({ name, server, caPem, user: { clientCertificatePem, clientKeyPem } }), { mode: 0o600 });
    return [name, file] as const;
  });
  return Object.fromEntries(await Promise.all(made)) as NodeKubeconfigs;
}
