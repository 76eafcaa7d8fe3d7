// Who asks an issuer for certificates: the Certificates, and requests that no Certificate has made (istio-csr, csi-driver).
import type { IssuerKey } from '../domain/issuer.ts';
import { isTerminal, type IssuerRef } from '../domain/request.ts';
import type { ClusterView, SeenRequest } from './cluster-view.ts';

export interface Asker {
  /** Such as `Certificate istio-system/cacerts`. */
  readonly title: string;
  readonly namespace: string;
  readonly issuerRef: IssuerRef;
  readonly isCA: boolean;
  /** Its last request, whose CSR the next one will resemble; undefined where there is none. */
  readonly request: SeenRequest | undefined;
}

export function askersOf({ certificates, requests }: Pick<ClusterView, 'certificates' | 'requests'>): readonly Asker[] {
  const last = new Map<string, SeenRequest>();
  for (const request of requests.filter(({ certificate }) => certificate !== undefined)) {
    const name = `${request.key.namespace}/${request.certificate}`;
    if ((last.get(name)?.revision ?? -1) < request.revision) last.set(name, request);
  }
  const named = certificates.map(({ namespace, name, issuerRef, isCA }) => ({
    title: `Certificate ${namespace}/${name}`, namespace, issuerRef, isCA, request: last.get(`${namespace}/${name}`),
  }));
  const alone = requests
    .filter((request) => request.certificate === undefined && !isTerminal(request))
    .map((request) => ({ title: `CertificateRequest ${request.key.namespace}/${request.key.name}`, namespace: request.key.namespace, issuerRef: request.issuerRef, isCA: request.isCA, request }));
  return [...named, ...alone];
}

/** Kinds are strict: a name is looked up in the kind that the reference gives. */
export function isAskerOf({ kind, namespace, name }: IssuerKey, asker: Pick<Asker, 'issuerRef' | 'namespace'>): boolean {
  return asker.issuerRef.kind === kind && asker.issuerRef.name === name && (namespace === undefined || namespace === asker.namespace);
}
