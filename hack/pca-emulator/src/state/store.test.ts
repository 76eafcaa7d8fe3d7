import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { DescribeCertificateAuthorityCommand, GetCertificateCommand, IssueCertificateCommand, RevokeCertificateCommand } from '@aws-sdk/client-acm-pca';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { connectEmulator } from '../admin-client.ts';
import { forgetAwsEnvironment } from '../fixtures/aws-environment.ts';
import { account, clientOf, region, twoTiers } from '../fixtures/running-emulator.ts';
import { makeSigningRequest } from '../fixtures/signing-request.ts';
import { startEmulator } from '../server.ts';
import { openStore } from './store.ts';

forgetAwsEnvironment();
const folder = mkdtempSync(join(tmpdir(), 'pca-emulator-'));
after(() => rmSync(folder, { recursive: true }));

test('hierarchies, keys, certificates, revocations, tokens, clock and settings survive a restart', async () => {
  const state = join(folder, 'whole.json');
  const order = { Csr: Buffer.from(makeSigningRequest()), SigningAlgorithm: 'SHA256WITHECDSA', Validity: { Type: 'DAYS', Value: 1 }, IdempotencyToken: 't' } as const;
  const first = await startEmulator({ state, settings: { signingMs: 0 } });
  const { authorities } = await connectEmulator(first.url).createHierarchy({ name: 'mesh', account, region, tiers: twoTiers });
  const key = await connectEmulator(first.url).createAccessKey({ account });
  const ca = authorities[1]?.arn;
  const { CertificateArn } = await clientOf(first.url, key).send(new IssueCertificateCommand({ ...order, CertificateAuthorityArn: ca }));
  await connectEmulator(first.url).clock({ offsetMs: 60_000 });
  const revocation = { CertificateAuthorityArn: ca, CertificateSerial: CertificateArn?.replace(/^.*\//, ''), RevocationReason: 'SUPERSEDED' } as const;
  await clientOf(first.url, key).send(new RevokeCertificateCommand(revocation));
  await first.close();

  const second = await startEmulator({ state });
  const admin = connectEmulator(second.url);
  const sdk = clientOf(second.url, key);
  const again = await admin.createHierarchy({ name: 'mesh', account, region, tiers: twoTiers });
  const fetched = await sdk.send(new GetCertificateCommand({ CertificateAuthorityArn: ca, CertificateArn }));
  const replay = await sdk.send(new IssueCertificateCommand({ ...order, CertificateAuthorityArn: ca }));
  const [{ offsetMs }, { signingMs }] = [await admin.clock(), await admin.settings()];
  await assert.rejects(sdk.send(new RevokeCertificateCommand(revocation)), { name: 'RequestAlreadyProcessedException' });
  sdk.destroy();
  await second.close();
  assert.deepEqual(again.authorities, authorities);
  assert.match(fetched.Certificate ?? '', /^-----BEGIN CERTIFICATE-----/);
  assert.equal(replay.CertificateArn, CertificateArn);
  assert.deepEqual([offsetMs, signingMs], [60_000, 0]);
});

test('roles, shares, associations, the profile and sessions with their tags survive a restart', async () => {
  const state = join(folder, 'access.json');
  const [roleArn, guestArn] = [`arn:aws:iam::${account}:role/r`, 'arn:aws:iam::444455556666:role/guest'];
  const first = await startEmulator({ state });
  const before = connectEmulator(first.url);
  const { authorities } = await before.createHierarchy({ name: 'mesh', account, region, tiers: twoTiers });
  const ca = authorities[1]?.arn ?? '';
  await before.createRole({ arn: roleArn, trust: [{ principal: 'ec2.amazonaws.com', sessionName: 'i-*', requestTags: {}, allowsTags: false }] });
  await before.createRole({ arn: guestArn, trust: [{ principal: '*' }], permissions: [{ principalTags: { team: 'mesh' } }] });
  await before.createShare({ id: 'guests', ca, account: '444455556666', permissions: [{ operations: ['Describe*'] }] });
  await before.associatePodIdentity({ namespace: 'a', serviceAccount: 'b', roleArn });
  await before.attachInstanceProfile(roleArn);
  const masterCredentials = await before.createAccessKey({ account });
  const params = { RoleArn: guestArn, RoleSessionName: 'guest', Tags: [{ Key: 'team', Value: 'mesh' }] };
  const session = await fromTemporaryCredentials({ masterCredentials, params, clientConfig: { endpoint: first.url, region } })();
  const known = [await before.shares(), await before.podIdentityAssociations()];
  await first.close();

  const second = await startEmulator({ state });
  const admin = connectEmulator(second.url);
  const sdk = clientOf(second.url, session);
  assert.ok(await sdk.send(new DescribeCertificateAuthorityCommand({ CertificateAuthorityArn: ca })));
  sdk.destroy();
  assert.deepEqual([await admin.shares(), await admin.podIdentityAssociations()], known);
  const token = await (await fetch(`${second.url}/latest/api/token`, { method: 'PUT', headers: { 'x-aws-ec2-metadata-token-ttl-seconds': '60' } })).text();
  const headers = { 'x-aws-ec2-metadata-token': token };
  const credentials = await fetch(`${second.url}/latest/meta-data/iam/security-credentials/r`, { headers });
  assert.match(await credentials.text(), /"Code":"Success"/);
  await second.close();
});

test('the file is its owner\'s alone, and holds each row once after a restart', () => {
  const path = join(folder, 'rows.json');
  const store = openStore(path);
  for (let i = 0; i < 5; i++) store.saveClockOffset(i);
  store.close();
  assert.equal(readFileSync(path, 'utf8').split('\n').length, 6);
  openStore(path).close();
  assert.equal(readFileSync(path, 'utf8'), '["clock","offsetMs",4]\n');
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test('a line that a crash tore off is left out', () => {
  const path = join(folder, 'torn.json');
  const store = openStore(path);
  store.saveClockOffset(7);
  store.close();
  appendFileSync(path, '["clock","offs');
  const again = openStore(path);
  again.close();
  assert.equal(again.clockOffsetMs(), 7);
});

test('a file of another kind is refused and left as it is', () => {
  const path = join(folder, 'other.json');
  writeFileSync(path, '{"a":1}\n');
  assert.throws(() => openStore(path), /other\.json:1 is not a line of an emulator's state file/);
  assert.equal(readFileSync(path, 'utf8'), '{"a":1}\n');
});
