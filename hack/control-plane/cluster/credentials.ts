// Which keys and certificates does a control plane need before its first process starts?
import { generateKeyPairSync } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeCertificate, type KeyAndCertificate } from './openssl.ts';

export interface Credentials {
  readonly caFile: string;
  readonly authority: KeyAndCertificate;
  readonly server: KeyAndCertificate;
  readonly admin: KeyAndCertificate;
  readonly controllerManager: KeyAndCertificate;
  readonly webhook: KeyAndCertificate;
  /** RSA: kube-apiserver signs ServiceAccount tokens with it */
  readonly serviceAccountKeyFile: string;
  readonly serviceAccountPublicKeyFile: string;
}

const servingNames = ['IP:127.0.0.1', 'DNS:localhost', 'DNS:kubernetes.default.svc'];
const serving = (more: readonly string[] = []): readonly string[] => [`subjectAltName=${[...servingNames, ...more].join(',')}`, 'keyUsage=critical,digitalSignature', 'extendedKeyUsage=serverAuth', 'basicConstraints=critical,CA:FALSE'];
const client = ['keyUsage=critical,digitalSignature', 'extendedKeyUsage=clientAuth', 'basicConstraints=critical,CA:FALSE'];

/**
 * Makes one CA for everything, and what it signs. The files lie in `directory`, keys readable by their owner only.
 * @param addresses  more of the API server, beside the loopback
 */
export async function makeCredentials(directory: string, addresses: readonly string[] = []): Promise<Credentials> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const issuer = await makeCertificate({
    directory,
    name: 'ca',
    subject: '/CN=control-plane-ca',
    extensions: ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign'],
  });
  const [server, admin, controllerManager, webhook] = await Promise.all([
    makeCertificate({ directory, name: 'kube-apiserver', subject: '/CN=kube-apiserver', extensions: serving(addresses.map((address) => `IP:${address}`)), issuer }),
    makeCertificate({ directory, name: 'admin', subject: '/O=system:masters/CN=admin', extensions: client, issuer }),
    makeCertificate({ directory, name: 'kube-controller-manager', subject: '/CN=system:kube-controller-manager', extensions: client, issuer }),
    makeCertificate({ directory, name: 'webhook', subject: '/CN=cert-manager-webhook', extensions: serving(), issuer }),
  ]);
  const serviceAccountKeyFile = join(directory, 'service-account.key');
  const serviceAccountPublicKeyFile = join(directory, 'service-account.pub');
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await Promise.all([
    writeFile(serviceAccountKeyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 }),
    writeFile(serviceAccountPublicKeyFile, publicKey.export({ type: 'spki', format: 'pem' })),
  ]);
  return { caFile: issuer.certificateFile, authority: issuer, server, admin, controllerManager, webhook, serviceAccountKeyFile, serviceAccountPublicKeyFile };
}
