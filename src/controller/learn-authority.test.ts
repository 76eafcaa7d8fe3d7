import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fail, succeed, type Failure, type Result } from '../domain/failure.ts';
import { anIssuerConfig, authorityArn, someFacts } from '../domain/test-values.ts';
import { readCertificate } from '../pki/certificate.ts';
import { makeCertificate } from '../pki/test-certificates.ts';
import { learnAuthority } from './learn-authority.ts';
import type { Authority, DescribedAuthority, SignedCertificate } from './ports.ts';

const root = makeCertificate({ subject: 'root', isCA: true, key: 'P-384' });
const subordinate = makeCertificate({ subject: 'subordinate', isCA: true, pathLength: 1, issuer: root, serial: '4a01' });
const own: SignedCertificate = { certificate: subordinate.pem, chain: root.pem };
const { config, signal } = { config: anIssuerConfig(), signal: new AbortController().signal };
const access = { authority: config.authority, identity: config.identity };

const described: DescribedAuthority = {
  type: 'SUBORDINATE',
  status: 'ACTIVE',
  usageMode: 'GENERAL_PURPOSE',
  keyAlgorithm: 'EC_prime256v1',
  signingAlgorithm: 'SHA256WITHECDSA',
  serial: '4A:01',
  notAfter: new Date('2036-01-01T00:00:00Z'),
};

function failure(code: string): Failure {
  return { class: code.startsWith('Access') ? 'unauthorised' : 'transient', code, message: '', operation: 'DescribeCertificateAuthority' };
}

function learn(describe: Result<DescribedAuthority>, certificate: Result<SignedCertificate>, last = undefined as ReturnType<typeof someFacts> | undefined, anchors: readonly string[] = []) {
  const authority = { describe: async () => describe, certificate: async () => certificate } as unknown as Authority;
  return learnAuthority(authority, access, anchors.map((pem) => readCertificate(Buffer.from(pem.split('\n').slice(1, -2).join(''), 'base64'))), last, signal);
}

async function factsOf(...args: Parameters<typeof learn>) {
  const learnt = await learn(...args);
  assert.ok(learnt.ok, JSON.stringify(learnt));
  return learnt.value;
}

test('Describe and the CA\'s certificate together tell everything', async () => {
  const facts = await factsOf(succeed(described), succeed(own));
  assert.deepEqual(
    [facts.arn, facts.serial, facts.pathLength, facts.rootSHA256, facts.hasTrustAnchor, facts.signingAlgorithm],
    [authorityArn, '4a01', 1, readCertificate(root.der).sha256, true, 'SHA256WITHECDSA'],
  );
});

test('the certificate is optional: without the right to read it the rest is known, and the serial is plain hex', async () => {
  const facts = await factsOf(succeed(described), fail(failure('AccessDeniedException')));
  assert.deepEqual([facts.serial, facts.pathLength, facts.hasTrustAnchor], ['4a01', undefined, undefined]);
});

test('without the right to describe, the last verified status stands', async () => {
  const last = someFacts({ signingAlgorithm: 'SHA512WITHRSA' });
  const facts = await factsOf(fail(failure('AccessDeniedException')), fail(failure('AccessDeniedException')), last);
  assert.deepEqual(facts, last);
});

test('without it and without a status, the CA\'s own key tells how it signs', async () => {
  const facts = await factsOf(fail(failure('AccessDeniedException')), succeed({ certificate: root.pem, chain: undefined }));
  assert.deepEqual([facts.signingAlgorithm, facts.status, facts.hasTrustAnchor], ['SHA384WITHECDSA', undefined, true]);
});

test('knowing nothing is a failure, and so is any other trouble with Describe', async () => {
  assert.equal((await learn(fail(failure('AccessDeniedException')), fail(failure('AccessDeniedException')))).ok, false);
  assert.equal((await learn(fail(failure('ECONNRESET')), succeed(own), someFacts())).ok, false);
});

test('a chain without a self-signed top is known to lack an anchor, unless one is configured', async () => {
  const open: SignedCertificate = { certificate: subordinate.pem, chain: undefined };
  assert.equal((await factsOf(succeed(described), succeed(open))).hasTrustAnchor, false);
  assert.equal((await factsOf(succeed(described), succeed(open), undefined, [root.pem])).hasTrustAnchor, true);
});

test('a CA certificate that cannot be read tells nothing, and stops nothing', async () => {
  const facts = await factsOf(succeed(described), succeed({ certificate: 'no PEM', chain: undefined }));
  assert.equal(facts.hasTrustAnchor, undefined);
});

test('a certificate with another serial than Describe gives is not this CA\'s: nothing is learnt from it', async () => {
  const stranger = makeCertificate({ subject: 'stranger', isCA: true, pathLength: 0, serial: '4a02' });
  const facts = await factsOf(succeed(described), succeed({ certificate: stranger.pem, chain: undefined }));
  assert.deepEqual([facts.serial, facts.pathLength, facts.rootSHA256, facts.hasTrustAnchor], ['4a01', undefined, undefined, undefined]);
});
