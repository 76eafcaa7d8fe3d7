// CertificateRequests as raw material: keys, CSRs and specs, two leaves for every intermediate CA.
import type { KeyObject } from 'node:crypto';
import type { ApiObject } from '../../hack/control-plane/api/objects.ts';
import { encode } from '../../hack/control-plane/api/secret-data.ts';
import { makeCsr } from '../../src/pki/test-certificates.ts';
import { certManager, type IssuerRef } from '../harness/scenario.ts';

export interface RequestOrder {
  readonly name: string;
  readonly isCA: boolean;
  readonly durationMs: number;
  readonly csrPem: string;
  readonly privateKey: KeyObject;
  /** DNS names that the certificate must carry, and no others. */
  readonly names: readonly string[];
}

const caDurationMs = 2_160 * 3_600_000;
const leafDurationMs = 24 * 3_600_000;

/** @param serial every third is a CA; each has a key and a CSR of its own. */
export function makeOrder(serial: number): RequestOrder {
  const name = `request-${String(serial).padStart(4, '0')}`;
  const isCA = serial % 3 === 0;
  const names = isCA ? [] : [`${name}.mesh.example`];
  const { pem, key } = makeCsr({ subject: name, ...(isCA ? {} : { sans: names.map((value) => ({ kind: 'dns' as const, value })) }) });
  return { name, isCA, durationMs: isCA ? caDurationMs : leafDurationMs, csrPem: pem, privateKey: key.privateKey, names };
}

const made = new Map<number, RequestOrder>();

/** The same set for every row: each CA has a journal of its own, so that a CSR is counted once a row. */
export function sharedOrders(count: number): readonly RequestOrder[] {
  return Array.from({ length: count }, (_, serial) => {
    const order = made.get(serial) ?? makeOrder(serial);
    made.set(serial, order);
    return order;
  });
}

export function requestOf(order: RequestOrder, namespace: string, issuerRef: IssuerRef): ApiObject {
  const { name, isCA, csrPem, durationMs } = order;
  const usages = isCA ? ['digital signature', 'cert sign', 'crl sign'] : ['digital signature', 'server auth'];
  const spec = { request: encode(csrPem), isCA, usages, duration: `${durationMs / 3_600_000}h`, issuerRef };
  return { apiVersion: certManager, kind: 'CertificateRequest', metadata: { name, namespace }, spec };
}
