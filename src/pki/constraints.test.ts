import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCertificate } from './certificate.ts';
import { type Constraints, readConstraints } from './constraints.ts';
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
  assert.equal(unreadable('2.5.29.36', false, 0x30, 2, 0x81, 0), 'policy constraints', 'a number without digits');
  assert.equal(unreadable('2.5.29.36', false, 0x30, 4, 0x80, 2, 0, 1), 'policy constraints', 'a number with a zero in front');
  assert.equal(unreadable('2.5.29.31', false, 0xa0, 0), 'CRL distribution points');
  assert.equal(unreadable('2.5.29.32', false, 0x31, 0), 'certificate policies');
  assert.equal(unreadable('2.5.29.33', false, 0x30, 6, 0x30, 4, 6, 2, 0x2a, 3), 'policy mappings', 'one policy alone');
  assert.equal(unreadable('1.3.6.1.5.5.7.1.1', false, 0x30, 4, 0x30, 2, 0x86, 0), 'authority information access');
  assert.equal(unreadable('1.3.6.1.5.5.7.1.1', false, 0x30, 6, 0x30, 4, 6, 2, 0x2a, 3), undefined);
  assert.equal(readCertificate(makeCertificate({ isCA: true, withoutKeyIdentifiers: true, ...extension('2.5.29.35', false, 4, 0) }).der).constraints.unreadable, 'authority key identifier');
  assert.equal(readCertificate(makeCertificate({ isCA: true, withoutKeyIdentifiers: true, ...extension('2.5.29.14', false, 0x84, 0) }).der).constraints.unreadable, 'subject key identifier');
  assert.equal(constraintsOf({ sans: [{ kind: 'other', value: '1.2.3' }], sanIsCritical: true }).unheeded, 'critical subject alternative name of a rare form');
  assert.equal(constraintsOf({ sans: [{ kind: 'other', value: '1.2.3' }] }).unheeded, undefined);
});

test('an @ in a domain or a URI makes no mailbox of it', () => {
  const of = (tag: number, text: string) => constraintsOf(extension('2.5.29.30', true, 0x30, text.length + 6, 0xa1, text.length + 4, 0x30, text.length + 2, tag, text.length, ...Buffer.from(text, 'latin1')));
  assert.equal(of(0x86, '\u0088@a').unreadable, 'name constraints');
  assert.equal(of(0x82, 'a..b@c').unreadable, 'name constraints');
  assert.deepEqual(of(0x81, 'B@C.d').excluded, [{ kind: 'email', base: 'B@c.d' }]);
});

test('where several extensions cannot be read, it is the name constraints that count', () => {
  const [names, policies] = [['2.5.29.30', 4, 0], ['2.5.29.36', 4, 0]].map(([oid, ...der]) => ({ oid: String(oid), isCritical: false, der: Uint8Array.from(der as number[]) }));
  assert.ok(names !== undefined && policies !== undefined);
  for (const extraExtensions of [[names, policies], [policies, names]]) assert.equal(constraintsOf({ extraExtensions }).unreadable, 'name constraints');
});

test('a list of constraints that would fill the memory is not read', () => {
  const subtree = Buffer.from('30058203616161', 'hex');
  const listOf = (count: number): Uint8Array => {
    const long = (tag: number, content: Uint8Array): Uint8Array => Buffer.concat([Buffer.from([tag, 0x83, content.length >> 16, (content.length >> 8) & 0xff, content.length & 0xff]), content]);
    return long(0x30, long(0xa1, Buffer.concat(Array.from({ length: count }, () => subtree))));
  };
  const read = (count: number) => readConstraints([{ oid: '2.5.29.30', isCritical: true, value: listOf(count) }]);
  assert.equal(read(10_000).excluded.length, 10_000);
  assert.deepEqual([read(10_001).unreadable, read(10_001).excluded.length], ['name constraints', 0]);
});
