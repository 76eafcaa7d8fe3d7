// The protocol on the wire, as the real SDK and a plain HTTP client meet it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeletePolicyCommand, DescribeCertificateAuthorityCommand, GetCertificateAuthorityCertificateCommand } from '@aws-sdk/client-acm-pca';
import { account, clientOf, region, startWorld } from './fixtures/running-emulator.ts';

const world = await startWorld();
const post = (headers: Record<string, string>, body = '{}') => fetch(world.url, { method: 'POST', headers: { 'content-type': 'application/x-amz-json-1.1', ...headers }, body });
const describe = (arn: string, sdk = world.sdk) => sdk.send(new DescribeCertificateAuthorityCommand({ CertificateAuthorityArn: arn }));

test('an unknown target is an unknown operation, with a request id and the machine\'s date', async () => {
  const response = await post({ 'x-amz-target': 'ACMPrivateCA.MakeCoffee' });
  assert.equal(response.status, 400);
  assert.match(await response.text(), /"__type":"UnknownOperationException"/);
  assert.match(response.headers.get('x-amzn-requestid') ?? '', /^[0-9a-f-]{36}$/);
  assert.ok(Math.abs(Date.parse(response.headers.get('date') ?? '') - Date.now()) < 60_000);
});

test('a request without a target is an unknown operation as well', async () => {
  assert.match(await (await post({})).text(), /UnknownOperationException/);
});

test('an operation that the emulator does not have says so', async () => {
  await assert.rejects(world.sdk.send(new DeletePolicyCommand({ ResourceArn: world.ca })), { name: 'UnknownOperationException' });
});

test('the virtual clock moves neither the Date header nor the signature check', async () => {
  await world.admin.clock({ advanceMs: 30 * 86_400_000 });
  const response = await post({ 'x-amz-target': 'ACMPrivateCA.MakeCoffee' });
  await world.admin.clock({ offsetMs: 0 });
  assert.ok(Math.abs(Date.parse(response.headers.get('date') ?? '') - Date.now()) < 60_000);
  assert.equal((await describe(world.ca)).$metadata.httpStatusCode, 200);
});

test('Describe tells everything of a subordinate CA', async () => {
  const { CertificateAuthority: ca } = await describe(world.ca);
  assert.deepEqual(
    [ca?.Type, ca?.Status, ca?.UsageMode, ca?.OwnerAccount, ca?.CertificateAuthorityConfiguration?.KeyAlgorithm, ca?.CertificateAuthorityConfiguration?.SigningAlgorithm],
    ['SUBORDINATE', 'ACTIVE', 'GENERAL_PURPOSE', account, 'EC_prime256v1', 'SHA256WITHECDSA'],
  );
  assert.ok(ca?.NotAfter instanceof Date && ca.NotBefore instanceof Date && ca.CreatedAt instanceof Date);
  assert.match(ca.Serial ?? '', /^([0-9a-f]{2}:){15}[0-9a-f]{2}$/);
});

test('before a certificate is installed Describe shows no dates and no serial, and there is no certificate to get', async () => {
  await world.admin.setStatus(world.ca, 'PENDING_CERTIFICATE');
  const { CertificateAuthority: ca } = await describe(world.ca);
  const certificate = world.sdk.send(new GetCertificateAuthorityCertificateCommand({ CertificateAuthorityArn: world.ca }));
  await assert.rejects(certificate, { name: 'InvalidStateException' });
  await world.admin.setStatus(world.ca, 'ACTIVE');
  assert.deepEqual([ca?.Status, ca?.NotAfter, ca?.NotBefore, ca?.Serial], ['PENDING_CERTIFICATE', undefined, undefined, undefined]);
});

test('LastStateChangeAt moves with the state, on the virtual clock', async () => {
  await world.admin.clock({ offsetMs: 3_600_000 });
  await world.admin.setStatus(world.ca, 'DISABLED');
  const { CertificateAuthority: ca } = await describe(world.ca);
  await world.admin.setStatus(world.ca, 'ACTIVE');
  await world.admin.clock({ offsetMs: 0 });
  assert.ok((ca?.LastStateChangeAt?.getTime() ?? 0) - (ca?.CreatedAt?.getTime() ?? 0) >= 3_600_000);
});

test('a CA past its end is EXPIRED, by the virtual clock alone', async () => {
  await world.admin.clock({ advanceMs: 20 * 365 * 86_400_000 });
  const { CertificateAuthority: ca } = await describe(world.ca);
  await assert.rejects(world.issue(), { name: 'InvalidStateException' });
  await world.admin.clock({ offsetMs: 0 });
  assert.equal(ca?.Status, 'EXPIRED');
});

test('the chain of a CA certificate leaves the CA out, and a root has none', async () => {
  const get = (arn: string) => world.sdk.send(new GetCertificateAuthorityCertificateCommand({ CertificateAuthorityArn: arn }));
  const [issuing, root] = await Promise.all([get(world.ca), get(world.root)]);
  assert.equal(issuing.CertificateChain, root.Certificate);
  assert.equal(root.CertificateChain, undefined);
});

test('an ARN of another kind, region or partition is an invalid ARN; an unknown CA is not found', async () => {
  const [other, partition] = [world.ca.replace(region, 'eu-west-1'), world.ca.replace('arn:aws:', 'arn:aws-cn:')];
  for (const arn of [other, partition, 'arn:aws:acm-pca:::template/EndEntityCertificate/V1']) await assert.rejects(describe(arn), { name: 'InvalidArnException' });
  await assert.rejects(describe(world.ca.replace(/.{12}$/, '000000000000')), { name: 'ResourceNotFoundException', message: /^Could not find Certificate Authority/ });
  await assert.rejects(describe(world.ca, clientOf(world.url, await world.admin.createAccessKey({ account }), 'eu-west-1')), { name: 'InvalidArnException' });
});

test('/healthz says that this is not AWS', async () => {
  const health = await (await fetch(`${world.url}/healthz`)).json();
  assert.ok(typeof health === 'object' && health !== null && 'aws' in health && health.aws === false);
  assert.match(JSON.stringify(health), /not AWS.*unprotected/);
});

test('the admin API names the field that it cannot read', async () => {
  await assert.rejects(world.admin.createHierarchy({ name: 'x', account: '1', region, tiers: [] }), /account must have 12 digits/);
  const response = await fetch(`${world.url}/admin/faults`, { method: 'POST', body: '{"operation":"GetCertificate","kind":"hiccup","tmies":3}' });
  assert.equal(response.status, 400);
  assert.match(await response.text(), /unknown field tmies/);
});
