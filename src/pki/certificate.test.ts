import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { isSignedBy, readCertificate } from './certificate.ts';
import { NO_CONSTRAINTS } from './constraints.ts';
import { PkiError } from './error.ts';
import { makeCertificate, type TestCertificate, type TestCertificateOptions } from './test-certificates.ts';
import { makeKey, sharedKey } from './test-keys.ts';
import { mutated } from './test-mutations.ts';

const facts = (options: TestCertificateOptions) => readCertificate(makeCertificate(options).der);
const read = (certificate: TestCertificate) => readCertificate(certificate.der);
const root = makeCertificate({ subject: 'root', isCA: true });
const rsa = sharedKey('RSA-2048');

describe('the facts of a certificate', () => {
  test('of an Istio intermediate are those that istiod and people look at', () => {
    const made = makeCertificate({
      subject: [['2.5.4.10', 'Acme'], ['2.5.4.3', 'cluster-a']],
      issuer: root,
      isCA: true,
      pathLength: 0,
      serial: '0abc',
      notBefore: new Date('2026-03-01T00:00:00Z'),
      notAfter: new Date('2055-03-01T12:34:56Z'),
    });
    const { x509, der, pem, publicKey, rawSubject, sha256, ...rest } = read(made);
    assert.deepEqual(rest, {
      subject: 'CN=cluster-a,O=Acme',
      issuer: 'CN=root',
      commonName: 'cluster-a',
      rawIssuer: read(root).rawSubject,
      serial: '0abc',
      notBefore: new Date('2026-03-01T00:00:00Z'),
      notAfter: new Date('2055-03-01T12:34:56Z'),
      isCA: true,
      pathLength: 0,
      keyUsages: ['digital signature', 'cert sign', 'crl sign'],
      extendedKeyUsages: undefined,
      sans: [],
      subjectIsEmpty: false,
      otherExtensions: [{ oid: '2.5.29.35', name: 'authority key identifier', isCritical: false }],
      constraints: NO_CONSTRAINTS,
      weakness: undefined,
      isSelfSigned: false,
    });
    assert.equal(pem, new X509Certificate(made.pem).toString());
    assert.equal(sha256, x509.fingerprint256.replaceAll(':', '').toLowerCase());
    assert.equal(publicKey.name, 'P-256');
    assert.ok(Buffer.from(der).toString('hex').includes(rawSubject));
  });

  test('of a leaf with an empty subject tell its names and purposes', () => {
    const leaf = facts({
      issuer: root,
      subject: '',
      sans: [{ kind: 'uri', value: 'spiffe://a/b' }],
      sanIsCritical: true,
      isCA: false,
      keyUsages: ['digital signature', 'key encipherment'],
      extendedKeyUsages: ['1.3.6.1.5.5.7.3.1'],
    });
    assert.deepEqual([leaf.subjectIsEmpty, leaf.isCA, leaf.pathLength], [true, false, undefined]);
    assert.deepEqual(leaf.sans, [{ kind: 'uri', value: 'spiffe://a/b' }]);
    assert.deepEqual([leaf.keyUsages, leaf.extendedKeyUsages], [['digital signature', 'key encipherment'], ['1.3.6.1.5.5.7.3.1']]);
  });

  test('self-signed is one whose own key verifies it, not one that merely names itself', () => {
    assert.equal(read(root).isSelfSigned, true);
    assert.equal(facts({ key: 'ML-DSA-44', isCA: true }).isSelfSigned, true);
    const namesake = facts({ subject: 'root', issuer: root, isCA: true });
    assert.deepEqual([namesake.rawSubject, namesake.isSelfSigned], [namesake.rawIssuer, false]);
  });
});

describe('one certificate signed another', () => {
  const leaf = makeCertificate({ subject: 'leaf', issuer: root });

  test('when names, key identifiers and signature agree, whatever the kind of key', () => {
    assert.equal(isSignedBy(read(leaf), read(root)), true);
    for (const key of ['P-384', 'P-521', rsa, 'Ed25519', 'ML-DSA-65'] as const) {
      const issuer = makeCertificate({ key, isCA: true });
      assert.equal(isSignedBy(facts({ issuer }), read(issuer)), true, issuer.key.type);
    }
    const pss = makeCertificate({ subject: 'pss', key: rsa, isCA: true, pss: true });
    assert.equal(isSignedBy(facts({ issuer: pss, pss: true, digest: 'sha512' }), read(pss)), true);
  });

  test('not when only the name agrees', () => {
    assert.equal(isSignedBy(read(leaf), facts({ subject: 'root', isCA: true })), false);
    const bare = { subject: 'root', isCA: true, withoutKeyIdentifiers: true };
    assert.equal(isSignedBy(facts({ issuer: makeCertificate(bare), withoutKeyIdentifiers: true }), facts(bare)), false);
  });

  test('not when only the key agrees', () => assert.equal(isSignedBy(read(leaf), facts({ subject: 'another', key: root.key, isCA: true })), false));

  test('not when the names agree only but for the case of letters, which Go compares', () => {
    assert.equal(isSignedBy(read(leaf), facts({ subject: 'ROOT', key: root.key, isCA: true })), false);
  });

  test('not when the issuer is no CA, or its key usage forbids it', () => {
    const key = makeKey();
    for (const options of [{}, { isCA: false }, { isCA: true, keyUsages: ['digital signature'] as const }]) {
      const issuer = makeCertificate({ ...options, subject: 'issuer', key });
      assert.equal(isSignedBy(facts({ issuer }), read(issuer)), false, JSON.stringify(options));
    }
  });

  test('also for a certificate of the CA made later for the same key', () => {
    assert.equal(isSignedBy(read(leaf), facts({ subject: 'root', key: root.key, isCA: true, notAfter: new Date('2046-01-01T00:00:00Z') })), true);
  });
});

describe('a certificate is refused', () => {
  const refused = (der: Uint8Array, code: string, message: RegExp): void => assert.throws(() => readCertificate(der), { name: 'PkiError', code, message });

  test('when it is not one', () => {
    refused(Uint8Array.from([0x30, 0]), 'bad-certificate', /has no body/);
    refused(Buffer.from('hello'), 'not-der', /not DER/);
    refused(root.key.spkiDer, 'bad-certificate', /cannot be read/);
  });

  test('when bytes follow it', () => refused(Uint8Array.from([...root.der, 0x05, 0x00]), 'not-der', /bytes follow/));

  test('when Go would refuse it, although OpenSSL does not', () => {
    const changed = (from: string, to: string, atLast = false): Uint8Array => {
      const hex = Buffer.from(plain.der).toString('hex');
      const at = atLast ? hex.lastIndexOf(from) : hex.indexOf(from);
      return Buffer.from(hex.slice(0, at) + to + hex.slice(at + from.length), 'hex');
    };
    const plain = makeCertificate({ subject: 'plain', serial: '4a0102' });
    const date = (text: string): string => Buffer.from(text).toString('hex');
    refused(changed('02034a0102', '0203ca0102'), 'bad-certificate', /serial number is negative/);
    refused(changed('06082a8648ce3d040302', '06082a8648ce3d040303', true), 'bad-certificate', /names two signature algorithms/);
    refused(changed(date('260101000000Z'), date('260231000000Z')), 'bad-certificate', /start of the validity is not a date/);
    refused(changed(date('360101000000Z'), date('36010100000 Z')), 'bad-certificate', /end of the validity is not a date/);
  });

  test('when an extension is there twice', () => {
    const extension = { oid: '1.2.3', isCritical: false, der: Uint8Array.from([5, 0]) };
    refused(makeCertificate({ extraExtensions: [extension, extension] }).der, 'bad-certificate', /1\.2\.3 is there twice/);
  });

  test('or read, or met with PkiError, however it was mutated', () => {
    fc.assert(
      fc.property(mutated([root.der, makeCertificate({ key: 'ML-DSA-44', issuer: root, sans: [{ kind: 'dns', value: 'a.b' }] }).der]), (der) => {
        try {
          readCertificate(der);
        } catch (error) {
          assert.ok(error instanceof PkiError, `threw ${String(error)}`);
        }
      }),
      { numRuns: 300 },
    );
  });
});
