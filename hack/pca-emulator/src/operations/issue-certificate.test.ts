import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { GetCertificateCommand } from '@aws-sdk/client-acm-pca';
import { extensionSentences } from '../fixtures/certificate-facts.ts';
import { account, region, startWorld } from '../fixtures/running-emulator.ts';
import { dnsNames, makeSigningRequest } from '../fixtures/signing-request.ts';

const world = await startWorld();
const hour = 3_600_000;
const template = (name: string) => `arn:aws:acm-pca:::template/${name}/V1`;
const counters = async () => (await world.admin.journal()).counters;

test('the ARN carries the serial, and the certificate is the request\'s', async () => {
  const arn = await world.issue();
  const made = new X509Certificate((await world.fetch(arn)).certificate);
  assert.equal(arn, `${world.ca}/certificate/${made.serialNumber.toLowerCase()}`);
  assert.equal(made.subject, 'CN=leaf.example.com');
  assert.deepEqual([made.validToDate.getTime() - made.validFromDate.getTime()], [10 * 24 * hour + hour]);
});

test('without a template the default one is used, with one that one', async () => {
  const sentences = async (change = {}) => extensionSentences((await world.fetch(await world.issue(change))).certificate);
  assert.ok((await sentences()).includes('EKU serverAuth,clientAuth'));
  assert.ok((await sentences({ TemplateArn: template('SubordinateCACertificate_PathLen0') })).includes('BC critical CA:TRUE pathlen:0'));
});

test('an unknown template, and one of another partition, is an invalid argument', async () => {
  for (const arn of [template('EndEntityCertificat'), template('EndEntityCertificate').replace('arn:aws:', 'arn:aws-cn:')]) {
    await assert.rejects(world.issue({ TemplateArn: arn }), { name: 'InvalidArgsException' });
  }
});

test('a CSR that cannot be read is malformed, and costs nothing', async () => {
  const before = (await counters()).certificatesIssued;
  await assert.rejects(world.issue({ Csr: Buffer.from('nonsense') }), { name: 'MalformedCSRException' });
  assert.equal((await counters()).certificatesIssued, before);
});

test('a CA that is not ACTIVE does not issue, and still gives out what it issued', async () => {
  const arn = await world.issue();
  for (const status of ['DISABLED', 'CREATING', 'PENDING_CERTIFICATE', 'FAILED', 'DELETED'] as const) {
    await world.admin.setStatus(world.ca, status);
    await assert.rejects(world.issue(), { name: 'InvalidStateException', message: /^The certificate authority is not in a valid state for issuing certificates/ });
    if (status === 'DISABLED') assert.ok((await world.fetch(arn)).certificate);
    if (status === 'DELETED') await assert.rejects(world.fetch(arn), { name: 'InvalidStateException' });
  }
  await world.admin.setStatus(world.ca, 'ACTIVE');
});

test('a root template signs nobody else\'s key', async () => {
  await assert.rejects(world.issue({ CertificateAuthorityArn: world.root, TemplateArn: template('RootCACertificate') }), { name: 'InvalidArgsException' });
});

test('the certificate is in progress until the virtual clock has passed the signing time, which was fixed at the issue', async () => {
  await world.admin.changeAuthority({ arn: world.ca, signingMs: hour });
  const arn = await world.issue();
  await world.admin.changeAuthority({ arn: world.ca, signingMs: null });
  await assert.rejects(world.fetch(arn), { name: 'RequestInProgressException' });
  await world.admin.clock({ advanceMs: hour });
  const { certificate } = await world.fetch(arn);
  await world.admin.clock({ offsetMs: 0 });
  assert.ok(new X509Certificate(certificate).validFromDate.getTime() < Date.now() - hour / 2);
});

test('a token gives the same certificate for five minutes, and another one after', async () => {
  const first = await world.issue({ IdempotencyToken: 'five' });
  await world.admin.clock({ offsetMs: 4.9 * 60_000 });
  const again = await world.issue({ IdempotencyToken: 'five' });
  await world.admin.clock({ offsetMs: 5.1 * 60_000 });
  const later = await world.issue({ IdempotencyToken: 'five' });
  await world.admin.clock({ offsetMs: 0 });
  assert.equal(again, first);
  assert.notEqual(later, first);
});

test('a window of one minute ends after one minute', async () => {
  await world.admin.settings({ idempotencyWindowMs: 60_000 });
  const first = await world.issue({ IdempotencyToken: 'one' });
  await world.admin.clock({ offsetMs: 50_000 });
  const again = await world.issue({ IdempotencyToken: 'one' });
  await world.admin.clock({ offsetMs: 70_000 });
  const later = await world.issue({ IdempotencyToken: 'one' });
  await world.admin.clock({ offsetMs: 0 });
  await world.admin.settings({ idempotencyWindowMs: 300_000 });
  assert.equal(again, first);
  assert.notEqual(later, first);
});

test('requests at once under one token make one certificate', async () => {
  const before = await counters();
  const arns = await Promise.all(Array.from({ length: 8 }, () => world.issue({ IdempotencyToken: 'at once' })));
  const after = await counters();
  assert.equal(new Set(arns).size, 1);
  assert.deepEqual([after.certificatesIssued - before.certificatesIssued, after.idempotentReplays - before.idempotentReplays], [1, 7]);
});

test('a token belongs to its CA', async () => {
  const here = await world.issue({ IdempotencyToken: 'both' });
  const there = await world.issue({ IdempotencyToken: 'both', CertificateAuthorityArn: world.root });
  assert.ok(here.startsWith(world.ca) && there.startsWith(world.root));
});

test('a token that comes again with other parameters gives the first ARN and leaves a violation', async () => {
  const first = await world.issue({ IdempotencyToken: 'other' });
  const again = await world.issue({ IdempotencyToken: 'other', Validity: { Type: 'DAYS', Value: 11 } });
  assert.equal(again, first);
  const { entries } = await world.admin.journal();
  assert.match(entries.at(-1)?.violation ?? '', /other parameters/);
  await world.admin.settings({ tokenConflict: 'refuse' });
  await assert.rejects(world.issue({ IdempotencyToken: 'other', Validity: { Type: 'DAYS', Value: 12 } }), { name: 'InvalidArgsException' });
  await world.admin.settings({ tokenConflict: 'replay' });
  assert.equal((await counters()).violations, 2);
});

test('two certificates for one CSR are counted as a duplicate', async () => {
  const Csr = Buffer.from(makeSigningRequest({ subject: { CommonName: 'twice' } }));
  const before = (await counters()).duplicateIssuesByCsr;
  await world.issue({ Csr, IdempotencyToken: 'a' });
  await world.issue({ Csr, IdempotencyToken: 'b' });
  assert.equal((await counters()).duplicateIssuesByCsr, before + 1);
});

test('the chain runs from the issuing CA to the root, without a newline at the end; a CA under the root has the root alone', async () => {
  const [issuing, root] = (await world.admin.authorities()).toReversed();
  const { certificate, chain } = await world.fetch(await world.issue());
  assert.equal(chain, `${issuing?.certificate}\n${root?.certificate}`);
  assert.ok(!certificate.endsWith('\n') && !chain.endsWith('\n'));
  const underRoot = await world.fetch(await world.issue({ CertificateAuthorityArn: world.root }), world.root);
  assert.equal(underRoot.chain, root?.certificate);
});

test('a chain can be bent to try its readers', async () => {
  const arn = await world.issue();
  const plain = (await world.fetch(arn)).chain ?? '';
  const as = async (chainFormat: 'trailing-newline' | 'crlf' | 'without-root') => {
    await world.admin.changeAuthority({ arn: world.ca, chainFormat });
    return (await world.fetch(arn)).chain;
  };
  assert.equal(await as('trailing-newline'), `${plain}\n`);
  assert.equal(await as('crlf'), plain.replaceAll('\n', '\r\n'));
  assert.equal((await as('without-root'))?.match(/BEGIN/g)?.length, 1);
  await world.admin.changeAuthority({ arn: world.ca, chainFormat: 'aws' });
});

test('a certificate of another CA, and one that never was, is not found; another kind of ARN is invalid', async () => {
  const arn = await world.issue();
  await assert.rejects(world.fetch(arn, world.root), { name: 'ResourceNotFoundException' });
  await assert.rejects(world.fetch(arn.replace(/.$/, (last) => (last === '0' ? '1' : '0'))), { name: 'ResourceNotFoundException' });
  await assert.rejects(world.sdk.send(new GetCertificateCommand({ CertificateAuthorityArn: world.ca, CertificateArn: world.ca })), { name: 'InvalidArnException' });
});

test('a short-lived CA refuses eight days', async () => {
  const tiers = [{ name: 'short', keyAlgorithm: 'EC_prime256v1', usageMode: 'SHORT_LIVED_CERTIFICATE' }] as const;
  const { authorities } = await world.admin.createHierarchy({ name: 'short', account, region, tiers });
  const order = { CertificateAuthorityArn: authorities[0]?.arn, Validity: { Type: 'DAYS', Value: 8 } } as const;
  await assert.rejects(world.issue(order), { name: 'ValidationException' });
});

test('a CA at its quota of certificates issues no more; a token that is known still gives its own', async () => {
  const known = await world.issue({ IdempotencyToken: 'before the quota' });
  const { length } = await world.admin.certificates(world.ca);
  await world.admin.changeAuthority({ arn: world.ca, certificateQuota: length + 1 });
  await world.issue();
  await assert.rejects(world.issue(), { name: 'LimitExceededException' });
  assert.equal(await world.issue({ IdempotencyToken: 'before the quota' }), known);
  await world.admin.changeAuthority({ arn: world.ca, certificateQuota: null });
  await world.admin.settings({ certificatesPerAuthority: 1 });
  await assert.rejects(world.issue(), { name: 'LimitExceededException' });
  await world.admin.settings({ certificatesPerAuthority: null });
  assert.ok(await world.issue());
});

test('a CA that was just activated does not issue until it has settled, by the virtual clock', async () => {
  await world.admin.settings({ settlingMs: 60_000 });
  await world.admin.setStatus(world.ca, 'DISABLED');
  await world.admin.setStatus(world.ca, 'ACTIVE');
  await assert.rejects(world.issue(), { name: 'InvalidStateException' });
  await world.admin.clock({ offsetMs: 60_000 });
  assert.ok(await world.issue());
  await world.admin.clock({ offsetMs: 0 });
  await world.admin.settings({ settlingMs: 0 });
});

test('a CA with name constraints issues inside them only, and its certificate carries them, critical', async () => {
  const nameConstraints = { permitted: [{ DnsName: 'example.com' }] };
  const { authorities } = await world.admin.createHierarchy({
    name: 'constrained', account, region, tiers: [{ name: 'root', keyAlgorithm: 'EC_prime256v1' }, { name: 'issuing', keyAlgorithm: 'EC_prime256v1', nameConstraints }],
  });
  const issuing = authorities[1];
  const issue = (name: string) => world.issue({ CertificateAuthorityArn: issuing?.arn, Csr: Buffer.from(makeSigningRequest({ extensions: [dnsNames(false, name)] })) });
  assert.ok(extensionSentences(issuing?.certificate ?? '').includes('2.5.29.30 critical'));
  assert.ok(extensionSentences(issuing?.certificate ?? '').includes('BC critical CA:TRUE pathlen:1'));
  assert.ok(await issue('a.example.com'));
  await assert.rejects(issue('a.example.org'), { name: 'ValidationException', message: /a\.example\.org/ });
});
