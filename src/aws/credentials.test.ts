import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SecretSource } from '../domain/identity.ts';
import { readSecretKeys } from './credentials.ts';

const identity: SecretSource = {
  kind: 'secret',
  namespace: 'team-a',
  name: 'aws',
  accessKeyIdKey: 'AWS_ACCESS_KEY_ID',
  secretAccessKeyKey: 'AWS_SECRET_ACCESS_KEY',
  sessionTokenKey: 'AWS_SESSION_TOKEN',
  sessionTokenIsRequired: false,
};
const full = { AWS_ACCESS_KEY_ID: 'AKID\n', AWS_SECRET_ACCESS_KEY: ' secret ' };

function messageFor(data: Readonly<Record<string, string>> | undefined, asked: SecretSource = identity): string {
  const read = readSecretKeys(asked, data && { resourceVersion: '1', data });
  assert.ok(!read.ok);
  assert.equal(read.failure.class, 'unauthorised');
  return read.failure.message;
}

test('keys are read without the line end that base64 so often carries', () => {
  assert.deepEqual(readSecretKeys(identity, { resourceVersion: '1', data: full }), {
    ok: true,
    value: { accessKeyId: 'AKID', secretAccessKey: 'secret' },
  });
  assert.deepEqual(readSecretKeys(identity, { resourceVersion: '1', data: { ...full, AWS_SESSION_TOKEN: 't' } }), {
    ok: true,
    value: { accessKeyId: 'AKID', secretAccessKey: 'secret', sessionToken: 't' },
  });
});

test('what is missing is said in the words that alerts match on', () => {
  assert.match(messageFor(undefined), /^failed to retrieve secret: secrets "aws" not found/);
  assert.match(messageFor({}), /^no AWS Access Key ID Found: Secret team-a\/aws has no value under AWS_ACCESS_KEY_ID$/);
  assert.match(messageFor({ AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: '' }), /^no AWS Secret Access Key Found/);
  assert.match(messageFor({ a: 'x', AWS_SECRET_ACCESS_KEY: 's' }, { ...identity, accessKeyIdKey: 'b' }), /has no value under b$/);
});

test('a session token that the issuer names must be there', () => {
  assert.match(messageFor(full, { ...identity, sessionTokenKey: 'token', sessionTokenIsRequired: true }), /^no AWS Session Token Found.* under token$/);
});

test('no message carries a value of the Secret', () => {
  assert.doesNotMatch(messageFor({ AWS_ACCESS_KEY_ID: 'AKID', other: 'hush' }), /AKID|hush/);
});

test('a key that is called like a member of every object is not found by accident', () => {
  assert.match(messageFor({}, { ...identity, accessKeyIdKey: 'constructor' }), /^no AWS Access Key ID Found/);
});
