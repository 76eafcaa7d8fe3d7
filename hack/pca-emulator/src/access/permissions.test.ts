import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DescribeCertificateAuthorityCommand, IssueCertificateCommand } from '@aws-sdk/client-acm-pca';
import { account, clientOf, startWorld } from '../fixtures/running-emulator.ts';

const world = await startWorld();
const template = (name: string) => `arn:aws:acm-pca:::template/${name}/V1`;
const describe = (sdk = world.sdk) => sdk.send(new DescribeCertificateAuthorityCommand({ CertificateAuthorityArn: world.ca }));

test('a denied operation is refused in AWS\'s sentence, and others are not', async () => {
  await world.admin.addPermission({ effect: 'deny', operation: 'Issue*' });
  await assert.rejects(world.issue(), {
    name: 'AccessDeniedException',
    message: `User: arn:aws:iam::${account}:user/tester is not authorized to perform: acm-pca:IssueCertificate on resource: ${world.ca} with an explicit deny in an identity-based policy`,
  });
  assert.ok(await describe());
  await world.admin.clearPermissions();
  assert.ok(await world.issue());
});

test('a denied template leaves the others alone, and no template counts as the default one', async () => {
  await world.admin.addPermission({ id: 'leaves', effect: 'deny', template: template('EndEntity*') });
  await assert.rejects(world.issue(), { name: 'AccessDeniedException' });
  assert.ok(await world.issue({ TemplateArn: template('SubordinateCACertificate_PathLen0') }));
  await world.admin.clearPermissions('leaves');
});

test('a rule for another principal or another CA is not ours', async () => {
  await world.admin.addPermission({ effect: 'deny', principal: 'arn:aws:iam::*:user/somebody' });
  await world.admin.addPermission({ effect: 'deny', ca: world.root });
  assert.ok(await world.issue());
  await world.admin.clearPermissions();
});

test('another account needs a rule that lets it in', async () => {
  const stranger = clientOf(world.url, await world.admin.createAccessKey({ account: '444455556666', user: 'stranger' }));
  await assert.rejects(describe(stranger), { name: 'AccessDeniedException', message: /because no identity-based policy allows the acm-pca:DescribeCertificateAuthority action$/ });
  await world.admin.addPermission({ effect: 'allow', principal: 'arn:aws:iam::444455556666:*', template: template('SubordinateCACertificate_PathLen0') });
  await assert.rejects(stranger.send(new IssueCertificateCommand(world.order())), { name: 'AccessDeniedException' });
  assert.ok(await stranger.send(new IssueCertificateCommand(world.order({ TemplateArn: template('SubordinateCACertificate_PathLen0') }))));
  await world.admin.clearPermissions();
});

test('access denied is a 400 or a 403, as the setting says', async () => {
  await world.admin.addPermission({ effect: 'deny' });
  await assert.rejects(describe(), ({ $metadata }) => $metadata.httpStatusCode === 400);
  await world.admin.settings({ accessDeniedStatus: 403 });
  await assert.rejects(describe(), ({ $metadata }) => $metadata.httpStatusCode === 403);
  await world.admin.settings({ accessDeniedStatus: 400 });
  await world.admin.clearPermissions();
});
