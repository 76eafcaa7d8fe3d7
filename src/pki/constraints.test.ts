import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCertificate } from './certificate.ts';
import type { Constraints } from './constraints.ts';
import { makeCertificate, type TestCertificateOptions } from './test-certificates.ts';

function constraintsOf(options: TestCertificateOptions): Constraints {
  return readCertificate(makeCertificate({ isCA: true, ...options }).der).constraints;
}

const extension = (oid: string, isCritical: boolean, ...bytes: readonly number[]) => ({ extraExtensions: [{ oid, isCritical, der: new Uint8Array(bytes) }] });

test('a CA without constraints has none, and no policies', () => {
  assert.deepEqual(constraintsOf({}), { permitted: [], excluded: [], policiesAfter: undefined, hasPolicies: false, unreadable: undefined, unheeded: undefined });
});

test('domains are read in lower case, ranges of addresses as their leading bits', () => {
  const { permitted, excluded } = constraintsOf({ nameConstraints: { permittedUris: ['Mesh.Example', '.below.example'], permittedDns: [''], excludedDns: ['Secret.Example'] } });
  assert.deepEqual(permitted.toSorted((one, two) => (one.base < two.base ? -1 : 1)), [{ kind: 'dns', base: '' }, { kind: 'uri', base: '.below.example' }, { kind: 'uri', base: 'mesh.example' }]);
  assert.deepEqual(excluded, [{ kind: 'dns', base: 'secret.example' }]);
  const range = constraintsOf(extension('2.5.29.30', true, 0x30, 14, 0xa0, 12, 0x30, 10, 0x87, 8, 10, 128, 0, 0, 255, 192, 0, 0));
  assert.deepEqual(range.permitted, [{ kind: 'ip', base: '4:0000101010' }]);
});

test('how many certificates may follow before policies are needed is read', () => {
  assert.equal(constraintsOf(extension('2.5.29.36', true, 0x30, 3, 0x80, 1, 2)).policiesAfter, 2);
  assert.equal(constraintsOf(extension('2.5.29.36', true, 0x30, 3, 0x81, 1, 0)).policiesAfter, undefined);
});

test('what Go cannot read is named, and so is what it reads and cannot heed', () => {
  const unreadable = (oid: string, isCritical: boolean, ...bytes: readonly number[]): string | undefined => constraintsOf(extension(oid, isCritical, ...bytes)).unreadable;
  assert.equal(unreadable('2.5.29.30', true, 0x04, 0), 'name constraints');
  assert.equal(unreadable('2.5.29.36', false, 0x30, 3, 0x80, 1, 0x80), 'policy constraints');
  assert.equal(unreadable('2.5.29.54', true, 4, 0), 'inhibit any-policy');
  // From 1.2.3 to any policy.
  assert.equal(unreadable('2.5.29.33', true, 0x30, 12, 0x30, 10, 6, 2, 0x2a, 3, 6, 4, 0x55, 0x1d, 0x20, 0), 'policy mappings');
  assert.equal(readCertificate(makeCertificate({ isCA: true, withoutKeyIdentifiers: true, ...extension('2.5.29.14', true, 4, 1, 1) }).der).constraints.unreadable, 'subject key identifier');
  assert.equal(constraintsOf({ sans: [{ kind: 'other', value: '1.2.3' }], sanIsCritical: true }).unheeded, 'critical subject alternative name of a rare form');
  assert.equal(constraintsOf({ sans: [{ kind: 'other', value: '1.2.3' }] }).unheeded, undefined);
});
