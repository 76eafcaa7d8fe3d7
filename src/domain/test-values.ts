// Literals that tests of several rooms start from; each test changes what it is about.
import type { CsrFacts } from '../pki/csr.ts';
import type { AuthorityFacts } from './authority.ts';
import { unconstrained } from './chain-constraints.ts';
import type { IssuerConfig } from './issuer-config.ts';
import type { PlanInput } from './plan.ts';
import type { Request, RequestCondition } from './request.ts';

export const authorityArn = 'arn:aws:acm-pca:eu-central-1:123456789012:certificate-authority/11111111-2222-3333-4444-555555555555';
export const approvedAt = new Date('2026-11-22T10:00:05Z');

export function approval(type: 'Approved' | 'Denied' = 'Approved', at: Date = approvedAt): RequestCondition {
  return { type, status: 'True', reason: 'cert-manager.io', message: '', lastTransitionTime: at };
}

export function aRequest(changes: Partial<Request> = {}): Request {
  return {
    key: { namespace: 'istio-system', name: 'cacerts-1' },
    uid: '0d9e8a52-6c0f-4d6e-8f0a-3a1c1f0b7a11',
    resourceVersion: '100',
    createdAt: new Date('2026-11-22T10:00:00Z'),
    issuerRef: { group: 'awspca.cert-manager.io', kind: 'AWSPCAClusterIssuer', name: 'mesh-root' },
    isCA: true,
    durationMs: 90 * 86_400_000,
    usages: ['digital signature', 'cert sign', 'crl sign'],
    csrPem: '',
    annotations: {},
    conditions: [approval()],
    hasCertificate: false,
    owner: undefined,
    ...changes,
  };
}

export function aCsr(changes: Partial<CsrFacts> = {}): CsrFacts {
  return {
    der: new Uint8Array(),
    pem: '-----BEGIN CERTIFICATE REQUEST-----\n-----END CERTIFICATE REQUEST-----\n',
    sha256: 'aa'.repeat(32),
    publicKey: { kind: 'ec', name: 'P-256', spkiDer: new Uint8Array(), spkiSha256: 'bb'.repeat(32) },
    subject: 'CN=cluster-a.istio-ca',
    subjectIsEmpty: false,
    commonName: 'cluster-a.istio-ca',
    sans: [],
    sanIsCritical: false,
    keyUsages: ['digital signature', 'cert sign', 'crl sign'],
    extendedKeyUsages: undefined,
    basicConstraints: undefined,
    otherExtensions: [],
    constraints: unconstrained,
    ...changes,
  };
}

export function anIssuerConfig(changes: Partial<IssuerConfig> = {}): IssuerConfig {
  return {
    authority: {
      arn: authorityArn,
      partition: 'aws',
      region: 'eu-central-1',
      account: '123456789012',
      id: '11111111-2222-3333-4444-555555555555',
    },
    identity: { kind: 'ambient', roles: [] },
    userAgent: 'issuer/AWSPCAClusterIssuer.root',
    templateName: undefined,
    overridesIsCA: false,
    ignoresKeyUsages: false,
    notBeforeOffsetMs: 15 * 60_000,
    anchorsPem: '',
    maxCertificatesPerHour: undefined,
    requestPolicy: { namespaces: undefined, selector: undefined, caNamespaces: undefined },
    ...changes,
  };
}

export function someFacts(changes: Partial<AuthorityFacts> = {}): AuthorityFacts {
  return {
    arn: authorityArn,
    type: 'SUBORDINATE',
    status: 'ACTIVE',
    usageMode: 'GENERAL_PURPOSE',
    keyAlgorithm: 'RSA_2048',
    signingAlgorithm: 'SHA256WITHRSA',
    serial: '0a',
    notAfter: new Date('2036-01-01T00:00:00Z'),
    pathLength: 1,
    rootSHA256: undefined,
    hasTrustAnchor: true,
    ...changes,
  };
}

export function aPlanInput(changes: Partial<PlanInput> = {}): PlanInput {
  return {
    request: aRequest(),
    csr: aCsr(),
    issuer: anIssuerConfig(),
    facts: someFacts(),
    base: approvedAt,
    durationMs: 90 * 86_400_000,
    generation: 0,
    ...changes,
  };
}
