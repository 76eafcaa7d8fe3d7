import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RevokeCertificateCommand, type RevocationReason } from '@aws-sdk/client-acm-pca';
import { account, startWorld } from '../fixtures/running-emulator.ts';

const world = await startWorld();
const { admin } = world;
const serialOf = (arn: string) => arn.slice(arn.lastIndexOf('/') + 1);
const revoke = (serial: string, ca = world.ca, reason: RevocationReason = 'KEY_COMPROMISE') =>
  world.sdk.send(new RevokeCertificateCommand({ CertificateAuthorityArn: ca, CertificateSerial: serial, RevocationReason: reason }));
const viewOf = async (arn: string) => (await admin.certificates(world.ca)).find((one) => one.arn === arn);

test('a serial is taken plain, with colons and in capitals', async () => {
  for (const write of [(hex: string) => hex, (hex: string) => hex.replaceAll(/..(?=.)/g, '$&:'), (hex: string) => hex.toUpperCase()]) {
    const arn = await world.issue();
    await revoke(write(serialOf(arn)));
    const view = await viewOf(arn);
    assert.equal(view?.revocationReason, 'KEY_COMPROMISE');
    assert.ok(Math.abs(Date.parse(view.revokedAt ?? '') - Date.now()) < 60_000);
  }
});

test('a second revocation has already been processed, and the first one\'s reason stays', async () => {
  const arn = await world.issue();
  await revoke(serialOf(arn), world.ca, 'SUPERSEDED');
  await assert.rejects(revoke(serialOf(arn)), { name: 'RequestAlreadyProcessedException' });
  assert.equal((await viewOf(arn))?.revocationReason, 'SUPERSEDED');
});

test('GetCertificate still gives what was revoked', async () => {
  const arn = await world.issue();
  await revoke(serialOf(arn));
  assert.match((await world.fetch(arn)).certificate, /BEGIN CERTIFICATE/);
});

test('an unknown serial is not found, or an invalid request where the settings say so', async () => {
  for (const serial of ['00'.repeat(16), 'ff', 'nonsense', '']) await assert.rejects(revoke(serial), { name: 'ResourceNotFoundException' });
  await assert.rejects(revoke(serialOf(await world.issue()), world.root), { name: 'ResourceNotFoundException' });
  await admin.settings({ unknownSerial: 'InvalidRequestException' });
  await assert.rejects(revoke('ff'), { name: 'InvalidRequestException' });
  await admin.settings({ unknownSerial: 'ResourceNotFoundException' });
});

test('a root\'s own certificate cannot be revoked', async () => {
  const root = (await admin.authorities()).find(({ arn }) => arn === world.root);
  await assert.rejects(revoke(root?.serial ?? '', world.root), { name: 'InvalidRequestException', message: 'Self-signed certificate can not be revoked' });
});

test('a certificate that is not signed yet is in progress, and one that is over cannot be revoked', async () => {
  await admin.changeAuthority({ arn: world.ca, signingMs: 60_000 });
  const serial = serialOf(await world.issue());
  await admin.changeAuthority({ arn: world.ca, signingMs: null });
  await assert.rejects(revoke(serial), { name: 'RequestInProgressException' });
  await admin.clock({ offsetMs: 11 * 86_400_000 });
  await assert.rejects(revoke(serial), { name: 'InvalidRequestException', message: /Expired/ });
  await admin.clock({ offsetMs: 0 });
});

test('a DISABLED CA revokes, one that is being made does not', async () => {
  const arn = await world.issue();
  await admin.setStatus(world.ca, 'PENDING_CERTIFICATE');
  await assert.rejects(revoke(serialOf(arn)), { name: 'InvalidStateException' });
  await admin.setStatus(world.ca, 'DISABLED');
  await revoke(serialOf(arn));
  await admin.setStatus(world.ca, 'ACTIVE');
});

test('a reason that the model lacks is a fault of validation, and a rule can forbid the operation', async () => {
  await assert.rejects(revoke('ff', world.ca, 'CERTIFICATE_HOLD' as RevocationReason), { name: 'ValidationException', message: /revocationReason/ });
  await admin.addPermission({ id: 'no', effect: 'deny', operation: 'RevokeCertificate' });
  await assert.rejects(revoke('ff'), { name: 'AccessDeniedException', message: new RegExp(`${account}.*acm-pca:RevokeCertificate`) });
  await admin.clearPermissions('no');
});
