import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wayOutOfDenial } from './access-denied.ts';
import { readAuthorityArn } from './authority.ts';

const authority = readAuthorityArn('arn:aws:acm-pca:eu-central-1:123456789012:certificate-authority/11111111-2222-3333-4444-555555555555') ?? assert.fail();
const denied = (account: string, why = 'because no identity-based policy allows the acm-pca:IssueCertificate action'): string =>
  `User: arn:aws:sts::${account}:assumed-role/mesh is not authorized to perform: acm-pca:IssueCertificate on resource: ${authority.arn} ${why}`;
const order = { operation: 'IssueCertificate', authority, template: 'SubordinateCACertificate_PathLen0/V1' };

test('within the account the action, the resource and the template are named', () => {
  assert.equal(
    wayOutOfDenial({ ...order, message: denied('123456789012') }),
    `allow acm-pca:IssueCertificate on ${authority.arn} with template arn:aws:acm-pca:::template/SubordinateCACertificate_PathLen0/V1 in the policy of this caller`,
  );
  assert.match(wayOutOfDenial({ ...order, template: undefined, message: 'no words of AWS' }), /^allow acm-pca:IssueCertificate on arn:\S+ in the policy of this caller$/);
});

test('from another account the share is named by its permission, which depends on the template', () => {
  const shares = {
    'SubordinateCACertificate_PathLen0/V1': /with the permission AWSRAMSubordinateCACertificatePathLen0IssuanceCertificateAuthority,/,
    'EndEntityServerAuthCertificate/V1': /with the permission AWSRAMDefaultPermissionCertificateAuthority,/,
    'BlankEndEntityCertificate_APICSRPassthrough/V1': /with the permission AWSRAMBlankEndEntityCertificateAPICSRPassthroughIssuanceCertificateAuthority,/,
    'CodeSigningCertificate/V1': /with a customer managed permission that allows this template \(no managed one does\),/,
  };
  for (const [template, words] of Object.entries(shares)) {
    const way = wayOutOfDenial({ ...order, template, message: denied('444455556666') });
    assert.match(way, words);
    assert.match(way, /^the CA belongs to account 123456789012, the caller to 444455556666: .* or name a role of account 123456789012 in spec\.role$/);
  }
});

test('an explicit deny is told as one: more permissions would not help', () => {
  assert.match(wayOutOfDenial({ ...order, message: denied('123456789012', 'with an explicit deny in a service control policy') }), /^a policy denies it explicitly: take acm-pca:IssueCertificate on .* out of that Deny$/);
});
