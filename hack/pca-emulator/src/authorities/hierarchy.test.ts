import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { extensionSentences } from '../fixtures/certificate-facts.ts';
import { deterministicAuthorityArn } from '../arn.ts';
import { openStore } from '../state/store.ts';
import { ApiError } from '../wire/api-error.ts';
import { createHierarchy, type TierOrder } from './hierarchy.ts';

const nowMs = Date.parse('2026-01-01T00:00:00Z');
const make = (tiers: readonly TierOrder[], store = openStore(undefined)) => createHierarchy(store, { name: 'mesh', account: '111122223333', region: 'eu-central-1', tiers }, nowMs);
const tier = (name: string, more: Partial<TierOrder> = {}): TierOrder => ({ name, keyAlgorithm: 'EC_prime256v1', ...more });

test('each tier is signed by the one above it, and the path lengths leave room for one more CA', async () => {
  const made = await make([tier('root'), tier('a'), tier('b'), tier('c')]);
  const certificates = made.map(({ certificate }) => new X509Certificate(certificate));
  for (const [index, certificate] of certificates.entries()) {
    const above = certificates[Math.max(0, index - 1)];
    assert.ok(above !== undefined && certificate.verify(above.publicKey) && certificate.checkIssued(above) && certificate.ca);
  }
  const constraints = made.map(({ certificate }) => extensionSentences(certificate).find((sentence) => sentence.startsWith('BC')));
  assert.deepEqual(constraints, ['', ' pathlen:3', ' pathlen:2', ' pathlen:1'].map((end) => `BC critical CA:TRUE${end}`));
  assert.deepEqual(made.map(({ chain }) => chain.length), [0, 1, 2, 3]);
  assert.deepEqual(made.map(({ type }) => type), ['ROOT', 'SUBORDINATE', 'SUBORDINATE', 'SUBORDINATE']);
});

test('a root certificate has its usages and no AKI', async () => {
  const [root] = await make([tier('root', { pathLen: 2 })]);
  assert.deepEqual(extensionSentences(root?.certificate ?? ''), ['BC critical CA:TRUE pathlen:2', 'KU critical digitalSignature,keyCertSign,cRLSign', 'SKI']);
});

test('an RSA root carries an EC CA', async () => {
  const [root, sub] = await make([tier('root', { keyAlgorithm: 'RSA_2048' }), tier('sub', { keyAlgorithm: 'EC_secp384r1' })]);
  assert.deepEqual([root?.signingAlgorithm, sub?.signingAlgorithm], ['SHA256WITHRSA', 'SHA384WITHECDSA']);
  assert.ok(new X509Certificate(sub?.certificate ?? '').verify(new X509Certificate(root?.certificate ?? '').publicKey));
});

test('the same order again gives the same CAs, also when both come at once', async () => {
  const store = openStore(undefined);
  const [first, second] = await Promise.all([make([tier('root'), tier('a')], store), make([tier('root'), tier('a')], store)]);
  assert.deepEqual(first, second);
  assert.deepEqual(await make([tier('root'), tier('a')], store), first);
  assert.equal(store.authorities.size, 2);
});

test('an ARN follows from account, region, hierarchy and tier alone', async () => {
  const [root] = await make([tier('root')]);
  const place = { region: 'eu-central-1', account: '111122223333', hierarchy: 'mesh', tier: 'root' };
  assert.equal(root?.arn, deterministicAuthorityArn(place));
  assert.notEqual(root.arn, deterministicAuthorityArn({ ...place, tier: 'other' }));
  assert.match(deterministicAuthorityArn({ ...place, region: 'cn-north-1' }), /^arn:aws-cn:acm-pca:cn-north-1:111122223333:certificate-authority\/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('a tier that AWS would not sign is refused as AWS would: too long, or too deep for the path length above', async () => {
  const refusal = (tiers: readonly TierOrder[]) => assert.rejects(make(tiers), (error: unknown) => error instanceof ApiError && error.code === 'ValidationException');
  await refusal([tier('root', { validityDays: 100 }), tier('a', { validityDays: 100 })]);
  await refusal([tier('root'), tier('a', { pathLen: 0 }), tier('b', { pathLen: 0 })]);
  await refusal([tier('root'), tier('a', { pathLen: 4 })]);
  await refusal([]);
  await refusal(['1', '2', '3', '4', '5', '6'].map((name) => tier(name)));
});

test('a CA with revocation writes its CRL and OCSP addresses into what it issues', async () => {
  const revocationConfiguration = { CrlConfiguration: { Enabled: true, CustomCname: 'crl.example.com' }, OcspConfiguration: { Enabled: true } };
  const [, sub] = await make([tier('root', { revocationConfiguration }), tier('a')]);
  const certificate = new X509Certificate(sub?.certificate ?? '');
  assert.equal(certificate.infoAccess, 'OCSP - URI:http://ocsp.acm-pca.eu-central-1.amazonaws.com');
  assert.ok(certificate.raw.includes('http://crl.example.com/crl/'));
  const [, silent] = await make([tier('root', { revocationConfiguration: { CrlConfiguration: { Enabled: true, CrlDistributionPointExtensionConfiguration: { OmitExtension: true } } } }), tier('a')]);
  assert.ok(!extensionSentences(silent?.certificate ?? '').includes('CDP'));
});

test('the subject and the dates are as ordered', async () => {
  const [root] = await make([tier('root', { commonName: 'Example Root', subject: { Country: 'DE', Organization: 'Example' }, validityDays: 100 })]);
  const certificate = new X509Certificate(root?.certificate ?? '');
  assert.equal(certificate.subject, 'C=DE\nO=Example\nCN=Example Root');
  assert.deepEqual([certificate.validFromDate.toISOString(), certificate.validToDate.toISOString()], ['2025-12-31T23:00:00.000Z', '2026-04-11T00:00:00.000Z']);
});
