import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { GetCertificateCommand, IssueCertificateCommand, RevokeCertificateCommand } from '@aws-sdk/client-acm-pca';
import { connectEmulator } from '../admin-client.ts';
import { account, clientOf, region, twoTiers } from '../fixtures/running-emulator.ts';
import { makeSigningRequest } from '../fixtures/signing-request.ts';
import { startEmulator } from '../server.ts';
import { openStore } from './store.ts';

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
