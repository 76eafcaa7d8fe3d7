import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeFakeClock } from '../runtime/fake-clock.ts';
import { makeFakeCalls } from './fake-calls.ts';
import { makeTokens } from './service-account-token.ts';

const signal = new AbortController().signal;
const claims = Buffer.from(JSON.stringify({ 'kubernetes.io': { serviceaccount: { uid: 'u-1' } } })).toString('base64url');
const given = { status: { token: `head.${claims}.signature` } };

test('a token is asked for by name, for ten minutes and for these audiences, and tells whose it is', async () => {
  const fake = makeFakeCalls(() => given);
  const found = await makeTokens(fake, makeFakeClock()).token('mesh', 'issuer', ['sts.amazonaws.com'], signal);
  assert.deepEqual(found, { ok: true, value: { token: given.status.token, accountUid: 'u-1' } });
  const [call] = fake.calls;
  assert.deepEqual([call?.method, call?.path], ['POST', '/api/v1/namespaces/mesh/serviceaccounts/issuer/token']);
  assert.deepEqual(call?.body, { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { audiences: ['sts.amazonaws.com'], expirationSeconds: 600 } });
});

test('a copy serves for ten seconds, for the same audiences only', async () => {
  const clock = makeFakeClock();
  const fake = makeFakeCalls(() => given);
  const tokens = makeTokens(fake, clock);
  await tokens.token('mesh', 'issuer', ['a'], signal);
  await tokens.token('mesh', 'issuer', ['a'], signal);
  assert.equal(fake.calls.length, 1);
  await tokens.token('mesh', 'issuer', ['b'], signal);
  await clock.advance(10_000);
  await tokens.token('mesh', 'issuer', ['a'], signal);
  assert.equal(fake.calls.length, 3);
});

test('a ServiceAccount that is not there, and one whose token is not for us, are refusals that say what to do', async () => {
  for (const [status, code, words] of [
    [404, 'ServiceAccountNotFound', /^serviceaccounts "issuer" not found in namespace mesh$/],
    [403, '403 Reason403', /; allow this controller to create serviceaccounts\/token of issuer in mesh with a Role and a RoleBinding$/],
  ] as const) {
    const found = await makeTokens(makeFakeCalls(() => status), makeFakeClock()).token('mesh', 'issuer', ['a'], signal);
    assert.ok(!found.ok);
    assert.deepEqual([found.failure.class, found.failure.code], ['unauthorised', code]);
    assert.match(found.failure.message, words);
  }
});

test('a token that is no JWT is taken as it is', async () => {
  const found = await makeTokens(makeFakeCalls(() => ({ status: { token: 'opaque' } })), makeFakeClock()).token('mesh', 'issuer', ['a'], signal);
  assert.deepEqual(found, { ok: true, value: { token: 'opaque', accountUid: '' } });
});
