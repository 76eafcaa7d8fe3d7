// What is asked for: plain leaves, made beforehand, created unapproved and then approved one by one.
import type { Api } from '../control-plane/api.ts';
import { timestamp, type ApiObject } from '../control-plane/api/objects.ts';
import { makeCsr } from '../../src/pki/test-certificates.ts';
import { encode } from '../control-plane/api/secret-data.ts';

export const certManager = 'cert-manager.io/v1';
export const issuerGroup = 'awspca.cert-manager.io';

export interface Place {
  readonly namespace: string;
  /** Name of an AWSPCAClusterIssuer. */
  readonly issuer: string;
}

/** Calls to the API server at a time: enough to be at once, few enough not to need a connection each. */
const atATime = 16;
const made = new Map<string, string>();

/** The same name always asks with the same CSR, so that both controllers get the same work. */
function csrOf(name: string): string {
  const csr = made.get(name) ?? makeCsr({ subject: name, sans: [{ kind: 'dns', value: `${name}.bench.example` }] }).pem;
  made.set(name, csr);
  return csr;
}

export function requestNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `request-${String(index).padStart(4, '0')}`);
}

export function requestOf(name: string, { namespace, issuer }: Place): ApiObject {
  const issuerRef = { group: issuerGroup, kind: 'AWSPCAClusterIssuer', name: issuer };
  const spec = { request: encode(csrOf(name)), usages: ['client auth'], duration: '24h', issuerRef };
  return { apiVersion: certManager, kind: 'CertificateRequest', metadata: { name, namespace }, spec };
}

export async function createRequests(api: Api, names: readonly string[], place: Place): Promise<void> {
  await forEach(names, (name) => api.create(requestOf(name, place)));
}

export async function approveRequests(api: Api, names: readonly string[], { namespace }: Place): Promise<void> {
  const lastTransitionTime = timestamp();
  const condition = { type: 'Approved', status: 'True', reason: 'bench', message: 'the bench says so', lastTransitionTime };
  await forEach(names, (name) => api.patch({ apiVersion: certManager, kind: 'CertificateRequest', namespace, name }, { status: { conditions: [condition] } }, 'status'));
}

/** Runs for each, some at a time. */
export async function forEach<T>(items: readonly T[], run: (item: T) => Promise<unknown>): Promise<void> {
  const rest = [...items];
  const worker = async (): Promise<void> => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await run(item);
  };
  await Promise.all(Array.from({ length: atATime }, worker));
}
