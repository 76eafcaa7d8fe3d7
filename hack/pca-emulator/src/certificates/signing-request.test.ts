import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { dnsNames, makeEd25519SigningRequest, makeSigningRequest, sharedKey, sharedRsaKey } from '../fixtures/signing-request.ts';
import { ApiError } from '../wire/api-error.ts';
import { nameDer } from './distinguished-name.ts';
import { readSigningRequest, signingRequestSha256 } from './signing-request.ts';

const read = (pem: string) => readSigningRequest(Buffer.from(pem));
const malformed = (why: RegExp) => (error: unknown) => error instanceof ApiError && error.code === 'MalformedCSRException' && error.status === 400 && why.test(error.message);

test('name and key come out byte for byte, and extensions with their criticality', () => {
  const { subject, spki, extensions } = read(makeSigningRequest({ subject: { Organization: 'o', CommonName: 'c' }, extensions: [dnsNames(true, 'a.example.com')] }));
  assert.deepEqual(subject, nameDer({ Organization: 'o', CommonName: 'c' }));
  assert.deepEqual(spki, sharedKey.publicKey.export({ format: 'der', type: 'spki' }));
  assert.deepEqual(extensions.map(({ oid, critical }) => [oid, critical]), [['2.5.29.17', true]]);
});

for (const signing of ['SHA256WITHRSA', 'SHA384WITHRSA', 'SHA512WITHRSA', 'SHA256WITHRSA_PSS', 'SHA512WITHRSA_PSS']) {
  test(`a request signed with ${signing} is read`, () => {
    assert.ok(read(makeSigningRequest({ key: sharedRsaKey, signing })));
  });
}

test('a request whose signature is by another key is refused', () => {
  const other = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const pem = makeSigningRequest({ key: { publicKey: sharedKey.publicKey, privateKey: other.privateKey } });
  assert.throws(() => read(pem), malformed(/signature does not verify/));
});

test('Ed25519, RSA-1024 and curves that PCA does not know are refused', () => {
  assert.throws(() => read(makeEd25519SigningRequest()), malformed(/not supported/));
  const small = generateKeyPairSync('rsa', { modulusLength: 1024 });
  assert.throws(() => read(makeSigningRequest({ key: small, signing: 'SHA256WITHRSA' })), malformed(/not supported/));
  const exotic = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
  assert.throws(() => read(makeSigningRequest({ key: exotic })), malformed(/not supported/));
});

test('text that is not one PEM block of a request is refused', () => {
  const pem = makeSigningRequest();
  for (const text of ['', 'hello', `${pem}\n${pem}`, pem.replaceAll('CERTIFICATE REQUEST', 'CERTIFICATE'), `# a comment\n${pem}`]) {
    assert.throws(() => read(text), malformed(/one PEM block/), text.slice(0, 40));
  }
});

test('a cut-off request is refused', () => {
  const lines = makeSigningRequest().split('\n');
  assert.throws(() => read([...lines.slice(0, 3), ...lines.slice(-1)].join('\n')), malformed(/cannot be parsed/));
});

test('a common name of 65 octets is refused, one of 64 is not', () => {
  assert.ok(read(makeSigningRequest({ subject: { CommonName: 'x'.repeat(64) } })));
  assert.throws(() => read(makeSigningRequest({ subject: { CommonName: 'x'.repeat(65) } })), malformed(/longer than 64/));
});

test('the journal knows a request by its DER, however its PEM is written', () => {
  const pem = makeSigningRequest();
  assert.equal(signingRequestSha256(Buffer.from(pem)), signingRequestSha256(Buffer.from(`${pem.replaceAll('\n', '\r\n')}\n`)));
});
