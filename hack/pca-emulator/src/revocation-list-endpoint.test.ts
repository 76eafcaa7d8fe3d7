import assert from 'node:assert/strict';
import { verify, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { RevokeCertificateCommand, type RevocationReason } from '@aws-sdk/client-acm-pca';
import { CertificateRevocationList } from 'pkijs';
import { startWorld } from './fixtures/running-emulator.ts';

const host = 'crl.example.com';
const world = await startWorld({}, [
  { name: 'root', keyAlgorithm: 'RSA_2048', revocationConfiguration: { CrlConfiguration: { Enabled: true, ExpirationInDays: 30, CustomCname: host } } },
  { name: 'issuing', keyAlgorithm: 'EC_prime256v1', revocationConfiguration: { CrlConfiguration: { Enabled: true, CustomCname: host } } },
  { name: 'silent', keyAlgorithm: 'EC_prime256v1' },
]);
const [root, issuing, silent] = await world.admin.authorities();
const ca = issuing?.arn ?? '';
const addressOf = (arn = ''): string => `${world.url}/crl/${arn.replace(/^.*\//, '')}.crl`;

interface Read {
  readonly der: Buffer;
  readonly list: CertificateRevocationList;
}

async function read(arn: string | undefined): Promise<Read> {
  const response = await fetch(addressOf(arn));
  assert.deepEqual([response.status, response.headers.get('content-type')], [200, 'application/pkix-crl']);
  const der = Buffer.from(await response.arrayBuffer());
  return { der, list: CertificateRevocationList.fromBER(new Uint8Array(der)) };
}

async function revoked(reason: RevocationReason): Promise<string> {
  const serial = (await world.issue({ CertificateAuthorityArn: ca })).replace(/^.*\//, '');
  await world.sdk.send(new RevokeCertificateCommand({ CertificateAuthorityArn: ca, CertificateSerial: serial, RevocationReason: reason }));
  return serial;
}

const serialsOf = ({ list }: Read): readonly string[] => (list.revokedCertificates ?? []).map(({ userCertificate }) => Buffer.from(userCertificate.valueBlock.valueHexView).toString('hex'));
const reasonsOf = ({ list }: Read): readonly unknown[] => (list.revokedCertificates ?? []).map(({ crlEntryExtensions }) => crlEntryExtensions?.extensions.map(({ extnID, extnValue }) => [extnID, extnValue.valueBlock.valueHexView.at(-1)]));

test('the address that certificates name leads to a list that their CA has signed, dated an hour back and for as long as it says', async () => {
  for (const [authority, days] of [[root, 30], [issuing, 7]] as const) {
    const { der, list } = await read(authority?.arn);
    const { publicKey, subject } = new X509Certificate(authority?.certificate ?? '');
    assert.ok(verify('sha256', list.tbsView, publicKey, list.signatureValue.valueBlock.valueHexView));
    assert.equal(`CN=${String(list.issuer.typesAndValues[0]?.value.valueBlock.value)}`, subject);
    const [from, to] = [list.thisUpdate.value.getTime(), list.nextUpdate?.value.getTime() ?? 0];
    assert.ok(Math.abs(Date.now() - 3_600_000 - from) < 60_000);
    assert.equal(to - from, days * 86_400_000 + 3_600_000);
    assert.deepEqual(list.crlExtensions?.extensions.map(({ extnID }) => extnID), ['2.5.29.35', '2.5.29.20']);
    assert.deepEqual([list.version, list.revokedCertificates ?? []], [1, []]);
    assert.equal(der[0], 0x30);
  }
  assert.ok(new X509Certificate(silent?.certificate ?? '').raw.includes(`http://${host}/crl/${ca.replace(/^.*\//, '')}.crl`));
});

test('what is revoked is in the list, with its reason unless that says nothing, until it would have ended', async () => {
  const [compromised, unspecified] = [await revoked('KEY_COMPROMISE'), await revoked('UNSPECIFIED')];
  const list = await read(ca);
  assert.deepEqual([serialsOf(list), reasonsOf(list)], [[compromised, unspecified], [[['2.5.29.21', 1]], undefined]]);
  await world.admin.clock({ advanceMs: 11 * 86_400_000 });
  assert.deepEqual(serialsOf(await read(ca)), []);
});

test('a list may be late, as that of AWS is, by the virtual clock', async () => {
  await world.admin.settings({ revocationListMs: 30 * 60_000 });
  const serial = await revoked('SUPERSEDED');
  assert.deepEqual(serialsOf(await read(ca)), []);
  await world.admin.clock({ advanceMs: 30 * 60_000 });
  assert.deepEqual(serialsOf(await read(ca)), [serial]);
});

test('a CA without a list has none, nor has one that nobody knows', async () => {
  for (const arn of [silent?.arn, `${ca.slice(0, -1)}x`]) assert.equal((await fetch(addressOf(arn))).status, 404);
});
