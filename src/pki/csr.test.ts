import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { NO_CONSTRAINTS } from './constraints.ts';
import { readCsr } from './csr.ts';
import { PkiError } from './error.ts';
import { writePem } from './pem.ts';
import { makeCertificate, makeCsr } from './test-certificates.ts';
import { makeKey, sharedKey, type TestKeyType } from './test-keys.ts';
import { mutated } from './test-mutations.ts';
import { EXPLICIT_CURVE_CSR, PSS_CSR, PSS_KEY_CSR, RICH_CSR } from './test-openssl-requests.ts';

const rsa = sharedKey('RSA-2048');
const small = sharedKey('RSA-1024');

describe('a CSR', () => {
  test('by OpenSSL with everything in it is read to the last extension', () => {
    const csr = readCsr(RICH_CSR);
    assert.equal(csr.subject, 'CN=cluster-a.istio-ca,OU=Mesh,O=Acme\\, Inc.,C=DE');
    assert.equal(csr.commonName, 'cluster-a.istio-ca');
    assert.deepEqual(csr.sans.map(({ kind, value }) => `${kind} ${value}`), [
      'dns istiod.istio-system.svc',
      'ip 10.0.0.1',
      'ip 2001:db8::1',
      'uri spiffe://cluster.local/ns/a/sa/b',
      'email ops@example.com',
      'other registered ID 1.2.3.4',
      'other other name 1.3.6.1.4.1.311.20.2.3 a01f060a2b060104018237140203a0110c0f77686f406578616d706c652e636f6d',
    ]);
    assert.deepEqual(csr.keyUsages, ['digital signature', 'cert sign', 'crl sign']);
    assert.deepEqual(csr.extendedKeyUsages, ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
    assert.deepEqual(csr.basicConstraints, { isCA: true, pathLength: 0 });
    assert.deepEqual(csr.otherExtensions, [
      { oid: '2.5.29.30', name: 'name constraints', isCritical: true },
      { oid: '1.3.6.1.5.5.7.1.24', name: 'TLS feature (must-staple)', isCritical: false },
      { oid: '1.2.3.4.5', name: undefined, isCritical: false },
    ]);
    assert.equal(csr.pem, RICH_CSR);
  });

  test('without extensions asks for nothing', () => {
    const made = makeCsr({ subject: '' });
    const { der, pem, sha256, publicKey, ...asked } = readCsr(made.pem);
    assert.deepEqual([Buffer.from(der), pem, sha256.length, publicKey.name], [Buffer.from(made.der), made.pem, 64, 'P-256']);
    assert.deepEqual(asked, {
      subject: '',
      subjectIsEmpty: true,
      commonName: undefined,
      sans: [],
      sanIsCritical: false,
      keyUsages: undefined,
      extendedKeyUsages: undefined,
      basicConstraints: undefined,
      otherExtensions: [],
      constraints: NO_CONSTRAINTS,
    });
  });

  test("like istio-csr's has an empty subject and a critical SPIFFE name", () => {
    const csr = readCsr(makeCsr({ subject: '', sans: [{ kind: 'uri', value: 'spiffe://cluster.local/ns/a/sa/b' }], sanIsCritical: true }).pem);
    assert.deepEqual([csr.subjectIsEmpty, csr.sanIsCritical, csr.sans[0]?.value], [true, true, 'spiffe://cluster.local/ns/a/sa/b']);
  });

  const kinds: readonly (readonly [TestKeyType, string])[] = [
    ['P-256', 'ec'],
    ['P-384', 'ec'],
    ['P-521', 'ec'],
    ['secp256k1', 'ec'],
    ['RSA-1024', 'rsa'],
    ['RSA-2048', 'rsa'],
    ['Ed25519', 'ed25519'],
    ['ML-DSA-44', 'ml-dsa'],
    ['ML-DSA-65', 'ml-dsa'],
    ['ML-DSA-87', 'ml-dsa'],
  ];
  for (const [type, kind] of kinds) {
    test(`with a key ${type} is read and verified`, () => {
      const key = sharedKey(type);
      const { publicKey } = readCsr(makeCsr({ key }).pem);
      assert.deepEqual([publicKey.kind, publicKey.name], [kind, type]);
      assert.deepEqual(Buffer.from(publicKey.spkiDer), Buffer.from(key.spkiDer));
      assert.equal(publicKey.spkiSha256, createHash('sha256').update(key.spkiDer).digest('hex'));
    });
  }

  test('with an Ed448 key is read, and its kind is other', () => {
    assert.deepEqual(readCsr(makeCsr({ key: 'Ed448' }).pem).publicKey.kind, 'other');
  });

  test('signed with any SHA-2, RSA-PSS included, is verified', () => {
    for (const digest of ['sha256', 'sha384', 'sha512'] as const) {
      readCsr(makeCsr({ digest }).pem);
      readCsr(makeCsr({ key: rsa, digest }).pem);
      readCsr(makeCsr({ key: rsa, digest, pss: true }).pem);
    }
    assert.equal(readCsr(PSS_CSR).publicKey.name, 'RSA-2048');
    assert.equal(readCsr(PSS_KEY_CSR).publicKey.kind, 'other');
  });

  test('is canonical afterwards, however it was written', () => {
    const { pem, der } = makeCsr();
    const csr = readCsr(`a word before\r\n${pem.replaceAll('\n', '\r\n').replaceAll('CERTIFICATE', 'NEW CERTIFICATE')}`);
    assert.equal(csr.pem, pem);
    assert.equal(csr.sha256, createHash('sha256').update(der).digest('hex'));
  });
});

describe('a CSR is refused', () => {
  const refused = (pem: string, code: string, message: RegExp): void => assert.throws(() => readCsr(pem), { name: 'PkiError', code, message });

  test('when another key signed it', () => {
    refused(makeCsr({ signedBy: makeKey() }).pem, 'bad-signature', /does not verify under its own public key/);
    refused(makeCsr({ key: rsa, signedBy: makeKey() }).pem, 'bad-signature', /does not verify/);
    refused(makeCsr({ signedBy: makeKey('Ed25519') }).pem, 'bad-signature', /does not verify/);
    refused(makeCsr({ key: small, signedBy: rsa, pss: true }).pem, 'bad-signature', /does not verify/);
  });

  test('when it is signed over SHA-1', () => {
    refused(makeCsr({ digest: 'sha1' }).pem, 'weak-algorithm', /ECDSA with SHA-1/);
    refused(makeCsr({ key: rsa, digest: 'sha1' }).pem, 'weak-algorithm', /SHA-1 with RSA/);
    refused(makeCsr({ key: rsa, digest: 'sha1', pss: true }).pem, 'weak-algorithm', /RSA-PSS over SHA-1/);
    refused(makeCsr({ key: rsa, signatureOid: '1.2.840.113549.1.1.4' }).pem, 'weak-algorithm', /MD5/);
  });

  test('when nobody knows its algorithm, with the OID', () => refused(makeCsr({ signatureOid: '1.2.3.4' }).pem, 'unsupported-algorithm', /1\.2\.3\.4/));

  test('when its curve is spelled out', () => refused(EXPLICIT_CURVE_CSR, 'unsupported-algorithm', /named curves/));

  test('when its key is broken', () => {
    const key = makeKey();
    const made = makeCsr({ key });
    const der = Uint8Array.from(made.der);
    const point = Buffer.from(der).indexOf(Buffer.from(key.spkiDer.subarray(-64)));
    der.fill(0xff, point, point + 64);
    refused(writePem('CERTIFICATE REQUEST', der), 'bad-csr', /public key of the CSR is broken/);
  });

  test('when it is not exactly one request', () => {
    const { pem } = makeCsr();
    refused(pem + pem, 'not-pem', /must be one PEM block; there are 2/);
    refused(makeCertificate().pem, 'not-pem', /this one is CERTIFICATE/);
    refused('', 'not-pem', /no PEM block/);
    refused(writePem('CERTIFICATE REQUEST', makeCertificate().der), 'bad-csr', /cannot be read/);
  });

  test('when bytes follow the request or stand in its place', () => {
    refused(writePem('CERTIFICATE REQUEST', Uint8Array.from([...makeCsr().der, 0])), 'not-der', /bytes follow/);
    refused(writePem('CERTIFICATE REQUEST', Uint8Array.from([0x30, 0])), 'bad-csr', /has no body/);
  });

  test('when an extension is there twice or cannot be read', () => {
    const extension = (oid: string, hex: string) => ({ oid, isCritical: false, der: Buffer.from(hex, 'hex') });
    const withExtension = (oid: string, ...hexes: string[]): string => makeCsr({ extraExtensions: hexes.map((hex) => extension(oid, hex)) }).pem;
    refused(withExtension('2.5.29.30', '3000', '3000'), 'bad-csr', /extension name constraints is there twice/);
    refused(withExtension('2.5.29.19', '30090101ff020100020107'), 'bad-csr', /basic constraints has more fields/);
    refused(withExtension('2.5.29.19', '30060101ff0201ff'), 'bad-csr', /path length is not a number in range/);
    refused(withExtension('2.5.29.15', '3000'), 'bad-csr', /key usage/);
    refused(withExtension('2.5.29.37', '30030c0161'), 'bad-csr', /object identifier/);
    refused(withExtension('2.5.29.17', '308000'), 'bad-csr', /not DER/);
  });

  test('when it is larger than AWS takes', () => {
    const sans = Array.from({ length: 400 }, (_, index) => ({ kind: 'dns' as const, value: `${index}.${'a'.repeat(60)}.example.com` }));
    refused(makeCsr({ sans }).pem, 'too-large', /at most 32768/);
    readCsr(makeCsr({ sans: sans.slice(0, 250) }).pem);
  });
});

test('a mutated CSR is read or meets PkiError, and is never taken for a signed one', () => {
  const rich = makeCsr({ isCA: true, pathLength: 0, sans: [{ kind: 'ip', value: '10.0.0.1' }], keyUsages: ['cert sign'] });
  const documents = [rich.der, makeCsr({ key: rsa, pss: true }).der];
  const originals = new Set(documents.map((der) => Buffer.from(der).toString('hex')));
  fc.assert(
    fc.property(mutated(documents), (der) => {
      try {
        readCsr(writePem('CERTIFICATE REQUEST', der));
        assert.ok(originals.has(Buffer.from(der).toString('hex')), 'a changed CSR verified');
      } catch (error) {
        assert.ok(error instanceof PkiError, `threw ${String(error)}`);
      }
    }),
    { numRuns: 300 },
  );
});
