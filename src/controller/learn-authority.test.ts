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
const access = config;

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
    [facts.arn, facts.serial, facts.pathLength, facts.rootSHA256, facts.rootNotAfter, facts.hasTrustAnchor, facts.signingAlgorithm],
    [authorityArn, '4a01', 1, readCertificate(root.der).sha256, readCertificate(root.der).notAfter, true, 'SHA256WITHECDSA'],
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

test('a CA certificate that was renewed under another root is learnt anew, with nothing of the old one', async () => {
  const otherRoot = makeCertificate({ subject: 'other root', isCA: true, key: 'P-384' });
  const renewed = makeCertificate({ subject: 'subordinate', isCA: true, issuer: otherRoot, serial: '4a02' });
  const last = someFacts({ serial: '4a01', pathLength: 1, rootSHA256: readCertificate(root.der).sha256, notAfter: new Date('2030-01-01T00:00:00Z') });
  const certificate = succeed({ certificate: renewed.pem, chain: otherRoot.pem });
  const today: readonly Result<DescribedAuthority>[] = [succeed({ ...described, serial: '4A:02' }), fail(failure('AccessDeniedException'))];
  for (const describe of today) {
    const facts = await factsOf(describe, certificate, last);
    assert.deepEqual([facts.serial, facts.pathLength, facts.rootSHA256], ['4a02', undefined, readCertificate(otherRoot.der).sha256]);
    assert.notEqual(facts.notAfter?.getTime(), last.notAfter?.getTime());
  }
});

test('while Describe and the certificate disagree, path length and root come from the one that Describe means, or are unknown', async () => {
  const rootSHA256 = 'cc'.repeat(32);
  const rows = [
    // serial by Describe, serial at the last check, what is then known of path length and root
    ['4A:01', '0a', [1, readCertificate(root.der).sha256]],
    ['4A:02', '0a', [undefined, undefined]],
    ['4A:02', '4a02', [3, rootSHA256]],
  ] as const;
  for (const [serial, lastSerial, known] of rows) {
    const facts = await factsOf(succeed({ ...described, serial }), succeed(own), someFacts({ serial: lastSerial, pathLength: 3, rootSHA256 }));
    assert.deepEqual([facts.pathLength, facts.rootSHA256], known, `${serial} ${lastSerial}`);
    assert.equal(facts.serial?.endsWith(serial.slice(-1)), true);
  }
});

test('what was learnt of a certificate outlives a check that could not read it, as long as it is the same certificate', async () => {
  const last = someFacts({ serial: '4a01', pathLength: 2 });
  assert.equal((await factsOf(succeed(described), fail(failure('ECONNRESET')), last)).pathLength, 2);
  assert.equal((await factsOf(succeed({ ...described, serial: '4A:02' }), fail(failure('ECONNRESET')), last)).pathLength, undefined);
});

test('the path length that is left counts every limit above', async () => {
  const top = makeCertificate({ subject: 'top', isCA: true, pathLength: 1 });
  const open = makeCertificate({ subject: 'open', isCA: true, issuer: top, serial: '4a01' });
  assert.equal((await factsOf(succeed(described), succeed({ certificate: open.pem, chain: top.pem }))).pathLength, 0);
});

test('a key that no mesh can verify is found anywhere in the chain', async () => {
  const top = makeCertificate({ subject: 'top', isCA: true, key: 'ML-DSA-65' });
  const below = makeCertificate({ subject: 'below', isCA: true, issuer: top, serial: '4a01' });
  const facts = await factsOf(succeed(described), succeed({ certificate: below.pem, chain: top.pem }));
  assert.deepEqual([facts.unverifiableKey, facts.signingAlgorithm], ['ML_DSA_65', 'SHA256WITHECDSA']);
  assert.equal((await factsOf(succeed(described), succeed(own))).unverifiableKey, undefined);
});

test('the algorithm suits the CA\'s key: its own by Describe, else the key\'s default', async () => {
  const { signingAlgorithm: _own, ...silent } = described;
  const rows = [
    [{ ...described, keyAlgorithm: 'RSA_4096', signingAlgorithm: 'SHA512WITHRSA_PSS' }, 'SHA512WITHRSA_PSS'],
    [{ ...silent, keyAlgorithm: 'EC_secp384r1', signingAlgorithm: undefined }, 'SHA384WITHECDSA'],
    [{ ...silent, keyAlgorithm: undefined, signingAlgorithm: undefined }, 'SHA256WITHECDSA'],
  ] as const;
  for (const [each, expected] of rows) assert.equal((await factsOf(succeed(each), succeed(own))).signingAlgorithm, expected);
});

test('a certificate with another serial than Describe gives is not this CA\'s: nothing is learnt from it', async () => {
  const stranger = makeCertificate({ subject: 'stranger', isCA: true, pathLength: 0, serial: '4a02' });
  const facts = await factsOf(succeed(described), succeed({ certificate: stranger.pem, chain: undefined }));
  assert.deepEqual([facts.serial, facts.pathLength, facts.rootSHA256, facts.hasTrustAnchor], ['4a01', undefined, undefined, undefined]);
});
