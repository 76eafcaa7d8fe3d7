// Test support: a company's root, the CAs below it and what cert-manager makes of them in each cluster.
import type { KeyObject } from 'node:crypto';
import { makeCertificate, type TestCertificate, type TestCertificateOptions } from '../pki/test-certificates.ts';
import { sharedKey, type TestKeyType } from '../pki/test-keys.ts';
import type { FindingName } from './finding.ts';
import type { ClusterInput } from './look-at-secret.ts';
import { allFindings, verifyClusters, type Report, type VerifyOptions } from './report.ts';

export const now = new Date('2026-06-01T12:00:00Z');
export const hour = 3_600_000;
export const day = 24 * hour;

export const options: VerifyOptions = { now, workloadTtlMs: day, isMultiRoot: false, trustDomain: 'cluster.local' };

export const makeRoot = (subject: string, more: TestCertificateOptions = {}): TestCertificate => makeCertificate({ subject, isCA: true, ...more });

export const makeSubordinate = (issuer: TestCertificate, more: TestCertificateOptions = {}): TestCertificate =>
  makeCertificate({ subject: 'Acme Mesh', isCA: true, pathLength: 1, issuer, ...more });

/** What PCA's SubordinateCACertificate_PathLen0 gives: 90 days, of which 30 are left for the renewal. */
export const makeIntermediate = (issuer: TestCertificate, more: TestCertificateOptions = {}): TestCertificate =>
  makeCertificate({ subject: 'cluster-a.istio-ca', isCA: true, pathLength: 0, issuer, notBefore: new Date(now.getTime() - 10 * day), notAfter: new Date(now.getTime() + 80 * day), ...more });

export interface Hierarchy {
  readonly root: TestCertificate;
  readonly sub: TestCertificate;
  readonly intermediate: TestCertificate;
}

export function threeTiers(type: TestKeyType = 'P-256'): Hierarchy {
  // RSA keys take long to make, and which of them signs what does not matter here.
  const key = type.startsWith('RSA') ? sharedKey(type) : type;
  const root = makeRoot('Acme Root', { key });
  const sub = makeSubordinate(root, { key: type });
  return { root, sub, intermediate: makeIntermediate(sub, { key: type }) };
}

export const pems = (...certificates: readonly TestCertificate[]): string => certificates.map(({ pem }) => pem).join('');

export const keyPem = (key: KeyObject): string => String(key.export({ type: 'pkcs8', format: 'pem' }));

export const keyOf = (certificate: TestCertificate): string => keyPem(certificate.key.privateKey);

/** The Secret of an intermediate, those above it and the roots. */
export function secretOf(intermediate: TestCertificate, above: readonly TestCertificate[], roots: readonly TestCertificate[]): Readonly<Record<string, string>> {
  return { 'tls.crt': pems(intermediate, ...above), 'tls.key': keyOf(intermediate), 'ca.crt': pems(...roots) };
}

export function cluster(name: string, data: Readonly<Record<string, string>>, more: Partial<ClusterInput> = {}): ClusterInput {
  return { name, data, handedOut: [], renewBeforeMs: 30 * day, ...more };
}

/** The names of what is found, each once, in alphabetical order. */
export function namesIn(report: Report): readonly FindingName[] {
  return [...new Set(allFindings(report).map(({ name }) => name))].toSorted();
}

export function namesOf(inputs: readonly ClusterInput[], more: Partial<VerifyOptions> = {}): readonly FindingName[] {
  return namesIn(verifyClusters(inputs, { ...options, ...more }));
}
