// `node hack/fuzz/make-documents.ts`: writes documents.json anew. Every seed means something else afterwards.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { authorityArn } from '../../src/domain/test-values.ts';
import { readPem } from '../../src/pki/pem.ts';
import { makeCertificate, makeCsr, type TestCertificate } from '../../src/pki/test-certificates.ts';
import { makeKey, type TestKeyType } from '../../src/pki/test-keys.ts';
import { EXPLICIT_CURVE_CSR, PSS_CSR, PSS_KEY_CSR, RICH_CSR } from '../../src/pki/test-openssl-requests.ts';

const base64 = (der: Uint8Array): string => Buffer.from(der).toString('base64');
const bases64 = (chain: readonly TestCertificate[]): readonly string[] => chain.map(({ der }) => base64(der));
const uri = { kind: 'uri', value: 'spiffe://cluster.local/ns/a/sa/b' } as const;
const names = [{ kind: 'dns', value: 'istiod.istio-system.svc' }, { kind: 'ip', value: '2001:db8::1' }, { kind: 'email', value: 'a@b.example' }, uri] as const;
const kinds: readonly TestKeyType[] = ['P-256', 'RSA-2048', 'P-521', 'ML-DSA-44', 'Ed25519'];
const dates = { notBefore: new Date('2026-11-22T09:45:05Z'), notAfter: new Date('2027-02-20T10:00:05Z') };

const keys = kinds.map((kind) => makeKey(kind));
const requests = keys.map((key) => makeCsr({ key, subject: 'cluster-a.istio-ca', sans: names, keyUsages: ['digital signature', 'cert sign', 'crl sign'] }));
const root = makeCertificate({ subject: 'root', isCA: true });
const subordinate = makeCertificate({ subject: 'subordinate', isCA: true, pathLength: 1, issuer: root });
const chains = keys.map((key) => [
  makeCertificate({ subject: 'cluster-a.istio-ca', key, sans: names, isCA: true, pathLength: 0, issuer: subordinate, ...dates }),
  subordinate,
  root,
]);
const others = [
  makeCertificate({ subject: '', sans: [uri], sanIsCritical: true, issuer: subordinate, isCA: false, extendedKeyUsages: ['1.3.6.1.5.5.7.3.1'] }),
  makeCertificate({ subject: 'constrained', issuer: root, isCA: true, nameConstraints: { permittedDns: ['cluster.local'], excludedDns: ['evil.example.com'] } }),
  makeCertificate({ key: 'RSA-2048', pss: true, isCA: true, notAfter: new Date('2055-01-01T00:00:00Z') }),
  makeCertificate({ digest: 'sha1', extraExtensions: [{ oid: '1.2.3.4.5', isCritical: true, der: Uint8Array.of(5, 0) }] }),
];

const conditions = [
  { type: 'Approved', status: 'True', reason: 'cert-manager.io', message: 'Certificate request has been approved', lastTransitionTime: '2026-11-22T10:00:05Z' },
  { type: 'Ready', status: 'False', reason: 'Pending', message: 'waiting', lastTransitionTime: '2026-11-22T10:00:06Z' },
];
const uid = '0d9e8a52-6c0f-4d6e-8f0a-3a1c1f0b7a11';
const annotations = {
  'aws-privateca-issuer/certificate-arn': `${authorityArn}/certificate/0123456789abcdef0123456789abcdef`,
  'aws-privateca-issuer/issue-base': `${uid}/2026-11-22T10:00:05.000Z`,
  'aws-privateca-issuer/issue-generation': `${uid}/1`,
};
const request = {
  apiVersion: 'cert-manager.io/v1',
  kind: 'CertificateRequest',
  metadata: { namespace: 'istio-system', name: 'cacerts-1', uid, resourceVersion: '100', creationTimestamp: '2026-11-22T10:00:00Z', annotations },
  spec: {
    issuerRef: { group: 'awspca.cert-manager.io', kind: 'AWSPCAClusterIssuer', name: 'mesh-root' },
    isCA: true,
    duration: '2160h0m0s',
    usages: ['digital signature', 'cert sign', 'crl sign'],
    request: Buffer.from(requests[0]?.pem ?? '').toString('base64'),
  },
  status: { conditions },
};
const issuer = {
  metadata: { name: 'mesh-root', namespace: 'istio-system', uid: 'issuer-uid', generation: 3, resourceVersion: '7' },
  spec: {
    arn: authorityArn,
    region: 'eu-central-1',
    role: 'arn:aws:iam::123456789012:role/mesh/pca',
    secretRef: { name: 'aws', namespace: 'istio-system', accessKeyIDSelector: { key: 'id' }, secretAccessKeySelector: { key: 'secret' } },
    notBeforeOffset: '15m',
    pcaTemplate: { defaultTemplateName: 'SubordinateCACertificate_PathLen0/V1', overrideIsCA: false },
    additionalTrustAnchors: root.pem,
  },
  status: {
    conditions: [{ type: 'Ready', status: 'True', reason: 'Verified', message: 'Issuer verified', observedGeneration: 3, lastTransitionTime: '2026-11-22T09:00:00Z' }],
    certificateAuthority: { type: 'SUBORDINATE', status: 'ACTIVE', signingAlgorithm: 'SHA256WITHECDSA', serial: '0a', notAfter: '2036-01-01T00:00:00Z', pathLength: 1 },
  },
};
const refusal = (name: string, message: string, status = 400): object => ({ name, message, $fault: 'client', $metadata: { httpStatusCode: status, requestId: uid } });
const denied = `User: arn:aws:sts::123456789012:assumed-role/mesh/1763805605000000000 is not authorized to perform: acm-pca:IssueCertificate on resource: ${authorityArn} because no identity-based policy allows it (Service: AcmPca; Status Code: 400; Request ID: ${uid}; Proxy: null)`;
const answers = [
  refusal('ThrottlingException', 'Rate exceeded'),
  refusal('AccessDeniedException', denied),
  refusal('ValidationException', 'Validity notAfter 2026-11-22T10:00:05Z is beyond 20261122T100005Z - Local (1763805605)'),
  refusal('UnknownError', 'UnknownError', 503),
  { name: 'SyntaxError', message: 'Unexpected token < in JSON at position 0\n  Deserialization error: to see the raw response, inspect', $response: { statusCode: 502, headers: { 'retry-after': '5' } } },
  { name: 'Error', code: 'ECONNREFUSED', message: 'connect ECONNREFUSED 127.0.0.1:443', wasSent: false },
  { name: 'AggregateError', errors: [{ name: 'Error', code: 'ENETUNREACH', message: 'connect ENETUNREACH' }], message: '' },
  { name: 'Error', code: 'ENOTFOUND', hostname: 'acm-pca.eu-central-1.amazonaws.com', message: 'getaddrinfo ENOTFOUND' },
];

const documents = {
  csrs: [...requests.map(({ der }) => base64(der)), ...[RICH_CSR, PSS_CSR, PSS_KEY_CSR, EXPLICIT_CURVE_CSR].flatMap((pem) => readPem(pem).map(({ der }) => base64(der)))],
  certificates: [...new Set([...chains.flatMap(bases64), ...bases64(others)])],
  chains: chains.map(bases64),
  requests: [request],
  issuers: [issuer],
  answers,
};
writeFileSync(path.join(import.meta.dirname, 'documents.json'), `${JSON.stringify(documents, undefined, 1)}\n`);
