// How does a workload get its certificate from istiod? By the same gRPC call that its proxy makes.
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { credentials, loadPackageDefinition, Metadata, type Client, type ServiceError, type ServiceClientConstructor } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { openssl } from '../cluster/openssl.ts';

export interface WorkloadOrder {
  /** host:port of istiod's secure gRPC port */
  readonly address: string;
  /** what istiod's certificate is made out to, whatever address it is reached at: `istiod.NAMESPACE.svc` */
  readonly serverName: string;
  /** PEM; istiod's own certificate must verify to it */
  readonly caPem: string;
  /** token of the workload's ServiceAccount with audience istio-ca */
  readonly token: string;
  /** spiffe://TRUST-DOMAIN/ns/NAMESPACE/sa/SERVICE-ACCOUNT */
  readonly identity: string;
}

export interface WorkloadCertificate {
  readonly keyPem: string;
  /** as istiod sent it: the workload's certificate first, the root last */
  readonly chain: readonly string[];
}

interface CertificateService extends Client {
  CreateCertificate(
    request: { readonly csr: string; readonly validity_duration: number },
    metadata: Metadata,
    options: { readonly deadline: number },
    callback: (error: ServiceError | null, response?: { readonly cert_chain: readonly string[] }) => void,
  ): void;
}

const protocol = fileURLToPath(new URL('istio-ca.proto', import.meta.url));

/** @throws the gRPC error when istiod refuses the token, or does not answer in a minute. */
export async function requestWorkloadCertificate({ address, serverName, caPem, token, identity }: WorkloadOrder): Promise<WorkloadCertificate> {
  const { keyPem, csr } = await makeRequest(identity);
  const client = connect(address, serverName, caPem);
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${token}`);
  try {
    const chain = await new Promise<readonly string[]>((resolve, reject) => {
      client.CreateCertificate({ csr, validity_duration: 3600 }, metadata, { deadline: Date.now() + 60_000 }, (error, response) => {
        if (response === undefined) reject(error ?? new Error('istiod sent an empty answer'));
        else resolve(response.cert_chain);
      });
    });
    return { keyPem, chain };
  } finally {
    client.close();
  }
}

function connect(address: string, serverName: string, caPem: string): CertificateService {
  const loaded = loadPackageDefinition(loadSync(protocol, { keepCase: true, longs: Number }));
  const Service = (loaded as unknown as { istio: { v1: { auth: { IstioCertificateService: ServiceClientConstructor } } } }).istio.v1.auth.IstioCertificateService;
  const name = { 'grpc.ssl_target_name_override': serverName };
  // istio-agent is written in Go, which trusts each certificate among its roots, also one that is no root.
  const trust = createSecureContext({ ca: caPem, allowPartialTrustChain: true });
  return new Service(address, credentials.createFromSecureContext(trust), name) as unknown as CertificateService;
}

async function makeRequest(identity: string): Promise<{ readonly keyPem: string; readonly csr: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'workload-'));
  try {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const keyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const keyFile = join(folder, 'key.pem');
    await writeFile(keyFile, keyPem, { mode: 0o600 });
    const csr = await openssl(['req', '-new', '-key', keyFile, '-subj', '/', '-addext', `subjectAltName=critical,URI:${identity}`]);
    return { keyPem, csr };
  } finally {
    await rm(folder, { recursive: true });
  }
}
