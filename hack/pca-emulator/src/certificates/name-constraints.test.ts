import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NameConstraints as ReadConstraints } from 'pkijs';
import { dnsNames, uriName } from '../fixtures/signing-request.ts';
import { ApiError } from '../wire/api-error.ts';
import { sequence, set, objectIdentifier, ia5String } from './der.ts';
import { nameDer, type Subject } from './distinguished-name.ts';
import type { Extension } from './extension.ts';
import { generalName, type GeneralName } from './general-name.ts';
import { checkNameConstraints, nameConstraintsDer, type NameConstraints } from './name-constraints.ts';
import { emailAddressAttribute, extensionOid } from './object-identifiers.ts';

const noName = sequence();
const san = (...names: readonly GeneralName[]): Extension[] => [{ oid: extensionOid.subjectAlternativeName, critical: true, value: sequence(...names.map(generalName)) }];
function accepts(constraints: NameConstraints, extensions: readonly Extension[], subject: Buffer = noName): boolean {
  try {
    checkNameConstraints(nameConstraintsDer(constraints), subject, extensions);
    return true;
  } catch (error) {
    assert.ok(error instanceof ApiError && error.code === 'ValidationException');
    return false;
  }
}
const verdicts = (constraints: NameConstraints, names: readonly GeneralName[]) => names.map((name) => accepts(constraints, san(name)));

test('a DNS name holds itself and all below it, with a dot in front only what is below', () => {
  const names = ['example.com', 'A.Example.com', 'a.b.example.com', 'badexample.com', 'example.com.evil'].map((name) => ({ DnsName: name }));
  assert.deepEqual(verdicts({ permitted: [{ DnsName: 'example.com' }] }, names), [true, true, true, false, false]);
  assert.deepEqual(verdicts({ permitted: [{ DnsName: '.example.com' }] }, names), [false, true, true, false, false]);
});

test('an excluded name wins over a permitted one, and one form says nothing of another', () => {
  const constraints = { permitted: [{ DnsName: 'example.com' }, { DnsName: 'example.org' }], excluded: [{ DnsName: 'secret.example.com' }] };
  assert.deepEqual(verdicts(constraints, [{ DnsName: 'a.example.org' }, { DnsName: 'x.secret.example.com' }, { UniformResourceIdentifier: 'spiffe://elsewhere/x' }, { IpAddress: '10.0.0.1' }]), [true, false, true, true]);
});

test('every name must be inside, not one of them', () => {
  assert.equal(accepts({ permitted: [{ DnsName: 'example.com' }] }, [dnsNames(false, 'a.example.com', 'a.example.org')]), false);
});

test('a URI is held by its host: itself, or with a dot in front what is below it; without a host it is outside', () => {
  const names = ['spiffe://cluster.local/ns/a/sa/b', 'https://user@cluster.local:8443/x', 'spiffe://a.cluster.local/x', 'urn:x:y'].map((name) => ({ UniformResourceIdentifier: name }));
  assert.deepEqual(verdicts({ permitted: [{ UniformResourceIdentifier: 'cluster.local' }] }, names), [true, true, false, false]);
  assert.deepEqual(verdicts({ permitted: [{ UniformResourceIdentifier: '.cluster.local' }] }, names), [false, false, true, false]);
  assert.ok(accepts({ permitted: [{ UniformResourceIdentifier: 'td' }] }, [uriName(true, 'spiffe://td/x')]));
});

test('an email address is held by itself, by its host or by a domain above it', () => {
  const names = ['a@example.com', 'b@example.com', 'a@mail.example.com'].map((name) => ({ Rfc822Name: name }));
  const permitted = (limit: string) => verdicts({ permitted: [{ Rfc822Name: limit }] }, names);
  assert.deepEqual([permitted('a@example.com'), permitted('example.com'), permitted('.example.com')], [[true, false, false], [true, true, false], [false, false, true]]);
});

test('an email address in the subject counts where no SAN has one', () => {
  const subject = sequence(set(sequence(objectIdentifier(emailAddressAttribute), ia5String('a@example.org'))));
  assert.equal(accepts({ permitted: [{ Rfc822Name: 'example.com' }] }, [], subject), false);
  assert.equal(accepts({ permitted: [{ Rfc822Name: 'example.com' }] }, san({ Rfc822Name: 'a@example.com' }), subject), true);
});

test('an IP address is held by its range, each family by its own', () => {
  const names = ['10.1.2.3', '11.0.0.1', '192.168.5.129', '192.168.5.127', '2001:db8::1', '2001:db9::1'].map((name) => ({ IpAddress: name }));
  const constraints = { permitted: [{ IpAddress: '10.0.0.0/8' }, { IpAddress: '192.168.5.128/25' }, { IpAddress: '2001:db8::/32' }] };
  assert.deepEqual(verdicts(constraints, names), [true, false, true, false, true, false]);
});

test('a directory name is held by its first parts; the subject counts as one', () => {
  const inside = (subject: Subject) => accepts({ permitted: [{ DirectoryName: { Country: 'DE', Organization: 'Example' } }] }, [], nameDer(subject));
  assert.deepEqual([inside({ Country: 'DE', Organization: 'EXAMPLE ', CommonName: 'x' }), inside({ Country: 'DE', CommonName: 'x' }), inside({ CommonName: 'x' })], [true, false, false]);
  assert.equal(accepts({ excluded: [{ DirectoryName: { Organization: 'Other' } }] }, [], nameDer({ Organization: 'Other', CommonName: 'x' })), false);
});

test('the refusal names the name', () => {
  const der = nameConstraintsDer({ permitted: [{ DnsName: 'example.com' }] });
  assert.throws(() => checkNameConstraints(der, noName, [dnsNames(true, 'a.example.org')]), /^ApiError: The DNS name a\.example\.org violates the name constraints/);
});

test('another library reads the same subtrees out of the extension', () => {
  const der = nameConstraintsDer({ permitted: [{ DnsName: 'example.com' }, { IpAddress: '10.0.0.0/8' }], excluded: [{ UniformResourceIdentifier: '.evil' }] });
  const { permittedSubtrees = [], excludedSubtrees = [] } = ReadConstraints.fromBER(new Uint8Array(der));
  assert.deepEqual([...permittedSubtrees, ...excludedSubtrees].map(({ base }) => base.type), [2, 7, 6]);
  assert.deepEqual([permittedSubtrees[0]?.base.value, excludedSubtrees[0]?.base.value], ['example.com', '.evil']);
});

test('a subtree with no member or two, and what is no range, is refused', () => {
  for (const subtree of [{}, { DnsName: 'a', Rfc822Name: 'b' }, { IpAddress: '10.0.0.0/33' }, { IpAddress: 'ten' }]) {
    assert.throws(() => nameConstraintsDer({ permitted: [subtree] }), ApiError);
  }
});
