// A CA, ways to speak to it, and a plan: literals for tests of this room.
import type { Access } from '../controller/ports.ts';
import type { Identity, RoleStep } from '../domain/identity.ts';
import type { Plan } from '../domain/plan.ts';

export const authorityArn = 'arn:aws:acm-pca:eu-west-1:123456789012:certificate-authority/11111111-2222-3333-4444-555555555555';
export const certificateArn = `${authorityArn}/certificate/00ff`;
export const authority = { arn: authorityArn, partition: 'aws', region: 'eu-west-1', account: '123456789012', id: '11111111-2222-3333-4444-555555555555' };
const userAgent = 'cluster/a issuer/AWSPCAClusterIssuer.root';
/** The same CA with credentials of another kind. */
export const accessAs = (identity: Identity): Access => ({ authority, identity, userAgent });
export const ambient = accessAs({ kind: 'ambient', roles: [] });
export const role: RoleStep = { arn: 'arn:aws:iam::210987654321:role/pca', sessionName: 'pca-issuer@root', externalId: undefined, tags: {} };
export const secretIdentity: Identity = {
  kind: 'secret',
  namespace: 'team-a',
  name: 'aws',
  accessKeyIdKey: 'id',
  secretAccessKeyKey: 'key',
  sessionTokenKey: 'token',
  sessionTokenIsRequired: false,
  roles: [],
};
export const plan: Plan = {
  authorityArn,
  template: { name: 'EndEntityCertificate/V1', isCA: false, pathLength: undefined, keyUsages: undefined, extendedKeyUsages: undefined, takesCsrExtensions: false, takesApiExtensions: true },
  templateArn: 'arn:aws:acm-pca:::template/EndEntityCertificate/V1',
  signingAlgorithm: 'ML_DSA_65',
  notBefore: new Date('2026-01-01T00:00:00.900Z'),
  notAfter: new Date('2026-04-01T00:00:00.900Z'),
  durationMs: 90 * 86_400_000,
  passthrough: { keyUsages: ['digital signature'], extendedKeyUsages: ['1.3.6.1.5.5.7.3.1'] },
  csrPem: '-----BEGIN CERTIFICATE REQUEST-----\nAA==\n-----END CERTIFICATE REQUEST-----\n',
  token: '0123456789abcdef0123456789abcdef0123',
  expected: { spkiSha256: '', isCA: false, pathLength: undefined, keyUsages: [], extendedKeyUsages: [], csrExtendedKeyUsages: [], sans: [], commonName: undefined, subject: '', requestedExtensions: [] },
  notes: [],
};
export const keys = { AWS_ACCESS_KEY_ID: 'AKAMBIENT', AWS_SECRET_ACCESS_KEY: 'hush-ambient' };
