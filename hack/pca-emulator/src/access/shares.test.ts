// A CA of one account in the hands of another, as AWS RAM shares it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DescribeCertificateAuthorityCommand, GetCertificateAuthorityCertificateCommand, IssueCertificateCommand, ListCertificateAuthoritiesCommand, ListTagsCommand, RevokeCertificateCommand } from '@aws-sdk/client-acm-pca';
import { clientOf, startWorld } from '../fixtures/running-emulator.ts';
import type { Caller } from './credentials.ts';
import { judge } from './permissions.ts';
import { managedPermissions, shareAllows, type ManagedPermission, type Share } from './shares.ts';

const template = (name: string) => `arn:aws:acm-pca:::template/${name}/V1`;
const templates = [
  'EndEntityCertificate', 'EndEntityClientAuthCertificate', 'EndEntityServerAuthCertificate', 'EndEntityCertificate_CSRPassthrough', 'SubordinateCACertificate_PathLen0',
  'SubordinateCACertificate_PathLen1', 'BlankEndEntityCertificate_APIPassthrough', 'BlankEndEntityCertificate_APICSRPassthrough', 'CodeSigningCertificate',
];
const rows: readonly (readonly [ManagedPermission, readonly string[]])[] = [
  ['AWSRAMDefaultPermissionCertificateAuthority', ['EndEntityCertificate', 'EndEntityClientAuthCertificate', 'EndEntityServerAuthCertificate']],
  ['AWSRAMSubordinateCACertificatePathLen0IssuanceCertificateAuthority', ['SubordinateCACertificate_PathLen0']],
  ['AWSRAMBlankEndEntityCertificateAPIPassthroughIssuanceCertificateAuthority', ['BlankEndEntityCertificate_APIPassthrough']],
  ['AWSRAMBlankEndEntityCertificateAPICSRPassthroughIssuanceCertificateAuthority', ['BlankEndEntityCertificate_APICSRPassthrough']],
  ['AWSRAMRevokeCertificateCertificateAuthority', []],
];
const readOperations = ['DescribeCertificateAuthority', 'GetCertificate', 'GetCertificateAuthorityCertificate', 'ListPermissions', 'ListTags'];
const shareOf = (...permissions: Share['permissions']): Share => ({ id: 's', ca: 'ca', account: '444455556666', permissions });

for (const [permission, issues] of rows) {
  test(`${permission} reads, and issues from ${issues.length === 0 ? 'no template' : issues.join(', ')}`, () => {
    const share = shareOf(permission);
    assert.ok(readOperations.every((operation) => shareAllows(share, operation, undefined)));
    assert.deepEqual(templates.filter((name) => shareAllows(share, 'IssueCertificate', template(name))), issues);
    assert.equal(shareAllows(share, 'RevokeCertificate', undefined), permission === 'AWSRAMRevokeCertificateCertificateAuthority');
    assert.equal(shareAllows(share, 'CreateCertificateAuthorityAuditReport', undefined), false);
  });
}

test('the table has AWS\'s five permissions', () => assert.deepEqual(managedPermissions, rows.map(([name]) => name)));

test('a customer-managed permission names operations and templates by pattern', () => {
  const share = shareOf({ operations: ['Get*', 'IssueCertificate'], templates: [template('*CACertificate*')] });
  assert.ok(shareAllows(share, 'GetCertificate', undefined) && shareAllows(share, 'IssueCertificate', template('SubordinateCACertificate_PathLen3')));
  assert.ok(!shareAllows(share, 'DescribeCertificateAuthority', undefined) && !shareAllows(share, 'IssueCertificate', template('EndEntityCertificate')));
});

test('a foreign role needs a share as well as its own permissions, and the refusal names what is missing', () => {
  const caller: Caller = { account: '444455556666', arn: 'arn:aws:sts::444455556666:assumed-role/r/s', roleArn: 'arn:aws:iam::444455556666:role/r', accessKeyId: 'ASIA', region: 'r' };
  const access = { operation: 'GetCertificate', ca: 'ca', caAccount: '111122223333', template: undefined };
  const verdict = (rolePermissions: Parameters<typeof judge>[2]['rolePermissions'], ...shares: readonly Share[]) => judge(caller, access, { rules: [], rolePermissions, shares });
  const share = shareOf('AWSRAMDefaultPermissionCertificateAuthority');
  assert.equal(verdict(undefined, share), 'allowed');
  assert.equal(verdict([{ operation: 'Get*' }], share), 'allowed');
  assert.equal(verdict([{ operation: 'Get*' }]), 'no resource-based policy');
  assert.equal(verdict(undefined), 'no resource-based policy');
  assert.equal(verdict([{ operation: 'Issue*' }], share), 'no identity-based policy');
});

const world = await startWorld();
const { admin } = world;
const guest = clientOf(world.url, await admin.createAccessKey({ account: '444455556666', user: 'guest' }));
const place = { CertificateAuthorityArn: world.ca };
const refusal = (operation: string) => ({
  name: 'AccessDeniedException',
  message: `User: arn:aws:iam::444455556666:user/guest is not authorized to perform: acm-pca:${operation} on resource: ${world.ca} because no resource-based policy allows the acm-pca:${operation} action`,
});
const issue = (name?: string) => guest.send(new IssueCertificateCommand(world.order(name === undefined ? {} : { TemplateArn: template(name) })));

test('a share opens what its permission names, to one account and one CA', async () => {
  const { id, permissions } = await admin.createShare({ ca: world.ca, account: '444455556666' });
  assert.deepEqual(permissions, ['AWSRAMDefaultPermissionCertificateAuthority']);
  for (const Command of [DescribeCertificateAuthorityCommand, GetCertificateAuthorityCertificateCommand, ListTagsCommand]) assert.ok(await guest.send(new Command(place)));
  const { CertificateArn: arn } = await issue();
  assert.ok(await issue('EndEntityServerAuthCertificate'));
  await assert.rejects(issue('SubordinateCACertificate_PathLen0'), refusal('IssueCertificate'));
  const revocation = { ...place, CertificateSerial: arn?.replace(/^.*\//, ''), RevocationReason: 'SUPERSEDED' } as const;
  await assert.rejects(guest.send(new RevokeCertificateCommand(revocation)), refusal('RevokeCertificate'));
  await admin.createShare({ ca: world.ca, account: '444455556666', permissions: ['AWSRAMSubordinateCACertificatePathLen0IssuanceCertificateAuthority', 'AWSRAMRevokeCertificateCertificateAuthority'] });
  assert.ok(await issue('SubordinateCACertificate_PathLen0'));
  assert.ok(await guest.send(new RevokeCertificateCommand(revocation)));
  await assert.rejects(guest.send(new DescribeCertificateAuthorityCommand({ CertificateAuthorityArn: world.root })), { name: 'AccessDeniedException' });
  const stranger = clientOf(world.url, await admin.createAccessKey({ account: '777788889999' }));
  await assert.rejects(stranger.send(new DescribeCertificateAuthorityCommand(place)), { name: 'AccessDeniedException' });
  await admin.removeShare(id);
  await assert.rejects(issue(), refusal('IssueCertificate'));
  assert.equal((await admin.shares()).length, 1);
  await admin.removeShare();
});

test('a shared CA is listed among those of other accounts', async () => {
  const others = async () => (await guest.send(new ListCertificateAuthoritiesCommand({ ResourceOwner: 'OTHER_ACCOUNTS' }))).CertificateAuthorities?.map(({ Arn }) => Arn);
  assert.deepEqual(await others(), []);
  await admin.createShare({ ca: world.ca, account: '444455556666', permissions: { operations: ['Describe*'] } });
  assert.deepEqual(await others(), [world.ca]);
});

test('an explicit deny wins over a share', async () => {
  await admin.addPermission({ effect: 'deny', principal: '*:user/guest' });
  await assert.rejects(guest.send(new DescribeCertificateAuthorityCommand(place)), { message: /with an explicit deny in an identity-based policy$/ });
  await admin.clearPermissions();
});

test('a share that could never work is refused by name', async () => {
  await assert.rejects(admin.createShare({ ca: world.ca, account: '111122223333' }), /another account than its own/);
  await assert.rejects(admin.createShare({ ca: 'x', account: '444455556666' }), /not the ARN of a CA/);
  await assert.rejects(admin.createShare({ ca: world.ca, account: '444455556666', permissions: ['AWSRAM' as ManagedPermission] }), /AWSRAMDefaultPermissionCertificateAuthority/);
});
