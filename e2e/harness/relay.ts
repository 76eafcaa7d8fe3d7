// Gloo's relay, as its Secrets make it: a management server that asks its agents for certificates, and agents that know the root only.
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect, createServer, type SecureContextOptions } from 'node:tls';
import type { ApiObject } from '../../hack/control-plane/api/objects.ts';
import { textOf } from '../../hack/control-plane/api/secret-data.ts';
import { openssl } from '../../hack/control-plane/cluster/openssl.ts';

/** What a Secret of cert-manager holds, as PEM. */
export interface Material {
  readonly key: string;
  readonly chain: string;
  readonly roots: string;
}

export interface RelayServer extends AsyncDisposable {
  readonly port: number;
  /** Goes on with a renewed Secret: connections that stand stay, new ones see the new certificate. */
  take(material: Material): void;
}

/** The name that agents connect to, whatever address it has. */
export const serverName = 'gloo-mesh-mgmt-server.gloo-mesh';

export function materialOf(secret: ApiObject): Material {
  return { key: textOf(secret, 'tls.key'), chain: textOf(secret, 'tls.crt'), roots: textOf(secret, 'ca.crt') };
}

/** Nothing is trusted but `ca.crt`, and OpenSSL takes a root only where it signs itself. */
const contextOf = ({ key, chain, roots }: Material): SecureContextOptions => ({ key, cert: chain, ca: roots, minVersion: 'TLSv1.3' });

export async function startRelayServer(material: Material): Promise<RelayServer> {
  // Left to the server, a refusal would be a hang-up without a word.
  const server = createServer({ ...contextOf(material), requestCert: true, rejectUnauthorized: false }, (socket) => {
    socket.on('error', () => {}); // an agent that has left
    socket.end(socket.authorized ? 'welcome' : `refused: ${String(socket.authorizationError)}`);
  });
  server.on('tlsClientError', () => {}); // the agent has refused, and says why
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    take: (renewed) => server.setSecureContext(contextOf(renewed)),
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/**
 * One handshake of an agent, in full, until the server has said that it takes the agent: in TLS 1.3 a client is refused only after its
 * own side is done.
 * @returns the serial of the server's certificate.
 * @throws why one of them refuses the other.
 */
export function connectAgent(port: number, material: Material): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    let serial = '';
    const socket = connect({ ...contextOf(material), host: '127.0.0.1', port, servername: serverName }, () => {
      serial = socket.getPeerX509Certificate()?.serialNumber ?? '';
    });
    socket.setEncoding('utf8').on('data', (text: string) => (said += text));
    socket.on('error', reject);
    socket.on('end', () => (said === 'welcome' ? resolve(serial) : reject(new Error(said))));
  });
}

/** What Gloo does with `relay-tls-signing-secret` when an agent registers. @param cluster the name that the agent registers */
export async function signAgent(signing: Material, cluster: string): Promise<Material> {
  const folder = await mkdtemp(path.join(tmpdir(), 'relay-'));
  try {
    const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const file = async (name: string, text: string): Promise<string> => {
      await writeFile(path.join(folder, name), text, { mode: 0o600 });
      return path.join(folder, name);
    };
    const signer = ['-CA', await file('ca.crt', signing.chain), '-CAkey', await file('ca.key', signing.key)];
    const extensions = ['basicConstraints=critical,CA:FALSE', 'keyUsage=critical,digitalSignature', 'extendedKeyUsage=clientAuth', `subjectAltName=DNS:${cluster}`];
    const certificate = await openssl(['req', '-x509', '-new', '-key', await file('key', key), ...signer, '-subj', '/CN=gloo-mesh-agent', '-days', '1', ...extensions.flatMap((each) => ['-addext', each])]);
    return { key, chain: certificate + signing.chain, roots: signing.roots };
  } finally {
    await rm(folder, { recursive: true });
  }
}
