import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { isSignedBy, readCertificate } from './certificate.ts';
import { oidOf, smallIntegerOf, timeOf } from './der-values.ts';
import { readDer } from './der.ts';
import { makeCertificate } from './test-certificates.ts';
import { sharedKey, type TestKeyType } from './test-keys.ts';
import { makeUnrelatedRoot, makeWorkloadCertificate } from './workload-certificate.ts';
import { element, objectIdentifier, time, unsignedInteger } from './write-der.ts';

const now = new Date('2026-06-01T12:00:00Z');
const identity = 'spiffe://cluster.local/ns/default/sa/check';

test('every kind of key that istiod signs with makes a workload certificate that our reader takes and its signer verifies', () => {
  for (const type of ['RSA-2048', 'P-256', 'P-384', 'P-521', 'Ed25519'] as const satisfies readonly TestKeyType[]) {
    const key = sharedKey(type);
    const signer = readCertificate(makeCertificate({ subject: `signs with ${type}`, isCA: true, key }).der);
    const leaf = makeWorkloadCertificate(signer, key.privateKey, identity, now);
    assert.ok(isSignedBy(leaf, signer), type);
    assert.deepEqual([leaf.sans, leaf.isCA, leaf.subjectIsEmpty, leaf.issuer], [[{ kind: 'uri', value: identity }], false, true, signer.subject]);
    assert.deepEqual(leaf.keyUsages, ['digital signature', 'key encipherment']);
    assert.deepEqual(leaf.extendedKeyUsages, ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
    assert.ok(leaf.notBefore < now && leaf.notAfter > now);
    assert.ok(!isSignedBy(leaf, readCertificate(makeCertificate({ subject: `signs with ${type}`, isCA: true }).der)));
  }
});

test('a key of another kind is refused by name', () => {
  const key = sharedKey('Ed448');
  const signer = readCertificate(makeCertificate({ isCA: true, key }).der);
  assert.throws(() => makeWorkloadCertificate(signer, key.privateKey, identity, now), /istiod cannot sign with a key of the kind/);
});

test('an unrelated root is a CA that signed itself, another one each time', () => {
  const [first, second] = [makeUnrelatedRoot(now), makeUnrelatedRoot(now)];
  assert.ok(first.isSelfSigned && first.isCA && first.keyUsages?.includes('cert sign'));
  assert.notEqual(first.subject, second.subject);
});

test('what is written as DER is read back as it was', () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 2 ** 31 - 1 }), (value) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    assert.equal(smallIntegerOf('number', readDer(unsignedInteger(bytes))), value);
  }));
  fc.assert(fc.property(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 39 }), fc.array(fc.nat(), { maxLength: 6 }), (first, second, rest) => {
    const dotted = [first, second, ...rest].join('.');
    assert.equal(oidOf(readDer(objectIdentifier(dotted))), dotted);
  }));
  fc.assert(fc.property(fc.integer({ min: 0, max: 4_102_444_800 }), (seconds) => {
    assert.equal(timeOf('date', readDer(time(new Date(seconds * 1_000)))).getTime(), seconds * 1_000);
  }));
  fc.assert(fc.property(fc.integer({ min: 0, max: 70_000 }), (length) => {
    assert.equal(readDer(element(0x04, Buffer.alloc(length))).content.length, length);
  }), { examples: [[127], [128], [255], [256], [65_535], [65_536]] });
});
