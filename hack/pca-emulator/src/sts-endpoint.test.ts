// STS as the SDK's credential providers meet it.
import assert from 'node:assert/strict';
import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { createServer } from 'node:http';
import { after, test } from 'node:test';
import { DescribeCertificateAuthorityCommand } from '@aws-sdk/client-acm-pca';
import { fromTemporaryCredentials, fromWebToken } from '@aws-sdk/credential-providers';
import { account, clientOf, region, startWorld } from './fixtures/running-emulator.ts';
import { sharedRsaKey } from './fixtures/signing-request.ts';

const issuer = 'https://kubernetes.default.svc.cluster.local';
const subject = 'system:serviceaccount:pca-issuer:pca-issuer';
const roleArn = `arn:aws:iam::${account}:role/pca-issuer`;
const ec = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const jwks = { keys: [{ ...ec.publicKey.export({ format: 'jwk' }), kid: 'ec' }, { ...sharedRsaKey.publicKey.export({ format: 'jwk' }), kid: 'rsa' }] };

const world = await startWorld();
const { admin } = world;
await admin.trustCluster({ issuer, jwks });
await admin.createRole({ arn: roleArn, trust: [{ provider: issuer, audience: 'sts.amazonaws.com', subject }] });

const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const now = () => Math.floor(Date.now() / 1000);
function token(claims: object = {}, { alg = 'ES256', kid = 'ec', key = ec.privateKey }: { alg?: string; kid?: string; key?: KeyObject } = {}): string {
  const payload = { iss: issuer, sub: subject, aud: ['sts.amazonaws.com'], iat: now(), nbf: now(), exp: now() + 600, ...claims };
  const signed = `${base64url({ alg, kid })}.${base64url(payload)}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}
const clientConfig = { endpoint: world.url, region, maxAttempts: 1 };
const assume = (webIdentityToken: string, more: object = {}) => fromWebToken({ roleArn, roleSessionName: 'controller', webIdentityToken, clientConfig, ...more })();
const refused = (webIdentityToken: string, name: string, message: RegExp, more: object = {}) => assert.rejects(assume(webIdentityToken, more), { name, message });
const describe = (credentials: Parameters<typeof clientOf>[1]) => clientOf(world.url, credentials).send(new DescribeCertificateAuthorityCommand({ CertificateAuthorityArn: world.ca }));

for (const [alg, key] of [['ES256', ec.privateKey], ['RS256', sharedRsaKey.privateKey]] as const) {
  test(`a token signed with ${alg} gives a session that PCA knows`, async () => {
    const credentials = await assume(token({}, { alg, kid: alg === 'ES256' ? 'ec' : 'rsa', key }));
    assert.match(credentials.accessKeyId, /^ASIA[A-Z2-7]{16}$/);
    assert.ok(await describe(credentials));
    const { entries } = await admin.journal();
    assert.equal(entries.at(-1)?.caller, `arn:aws:sts::${account}:assumed-role/pca-issuer/controller`);
    assert.deepEqual(entries.at(-2)?.parameters, { RoleArn: roleArn, RoleSessionName: 'controller', subject });
  });
}

test('the journal keeps no token', async () => {
  const secret = token();
  await assume(secret);
  assert.ok(!JSON.stringify(await admin.journal()).includes(secret.split('.')[2] ?? ''));
});

test('a token of the past is expired', () => refused(token({ exp: now() - 1 }), 'ExpiredTokenException', /^Token expired/));
test('a token of the future is not yet valid', () => refused(token({ nbf: now() + 600 }), 'InvalidIdentityTokenException', /not valid before/));
test('a token of an unknown issuer finds no provider', () => refused(token({ iss: 'https://elsewhere' }), 'InvalidIdentityTokenException', /No OpenIDConnect provider found in your account for https:\/\/elsewhere/));
test('a token for another audience is refused', () => refused(token({ aud: 'vault' }), 'InvalidIdentityTokenException', /Incorrect token audience/));
test('a token signed by another key is refused', () => refused(token({}, { key: generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey }), 'InvalidIdentityTokenException', /signature/));
test('a token of an unknown key is refused', () => refused(token({}, { kid: 'other' }), 'InvalidIdentityTokenException', /verification key/));
test('a token without a signature is refused', () => refused(token({}, { alg: 'none' }), 'InvalidIdentityTokenException', /none/));
test('what is no JWT is refused', () => refused('abc', 'InvalidIdentityTokenException', /not a valid JWT/));
test('another ServiceAccount is not trusted', () => refused(token({ sub: 'system:serviceaccount:default:default' }), 'AccessDenied', /^Not authorized to perform sts:AssumeRoleWithWebIdentity$/));
test('a role that is not there is not told apart from one that does not trust', () => refused(token(), 'AccessDenied', /^Not authorized/, { roleArn: `arn:aws:iam::${account}:role/other` }));
test('a session is 900 seconds long at least', () => refused(token(), 'ValidationError', /greater than or equal to 900/, { durationSeconds: 60 }));
test('the shortest session can be made shorter', async () => {
  await admin.settings({ minimumSessionSeconds: 10 });
  const { expiration } = await assume(token(), { durationSeconds: 20 });
  await admin.settings({ minimumSessionSeconds: 900 });
  assert.ok(expiration !== undefined && expiration.getTime() - Date.now() <= 20_000);
});
test('a session is as long as the role allows', () => refused(token(), 'ValidationError', /MaxSessionDuration/, { durationSeconds: 7200 }));

test('a subject may be written with a star', async () => {
  const arn = `arn:aws:iam::${account}:role/anyone`;
  await admin.createRole({ arn, trust: [{ provider: issuer.slice('https://'.length), subject: 'system:serviceaccount:team-*:*' }] });
  assert.ok(await assume(token({ sub: 'system:serviceaccount:team-a:app' }), { roleArn: arn }));
});

test('a session that is over is an expired token to PCA', async () => {
  await admin.settings({ sessionSecondsAtMost: 0 });
  const credentials = await assume(token());
  await admin.settings({ sessionSecondsAtMost: null });
  await assert.rejects(describe(credentials), { name: 'ExpiredTokenException' });
});

test('a role\'s own permissions are all that its sessions may do', async () => {
  const arn = `arn:aws:iam::${account}:role/narrow`;
  await admin.createRole({ arn, trust: [{ provider: issuer, subject }], permissions: [{ operation: 'GetCertificate' }] });
  await assert.rejects(describe(await assume(token(), { roleArn: arn })), { name: 'AccessDeniedException' });
  await admin.createRole({ arn, trust: [{ provider: issuer, subject }], permissions: [{ operation: 'Describe*', ca: world.ca }] });
  assert.ok(await describe(await assume(token(), { roleArn: arn })));
});

test('keys are fetched from where the cluster serves them, again when an unknown one is named, and a dead end says so', async () => {
  const served = { keys: [...jwks.keys] };
  let fetches = 0;
  const server = createServer((_request, response) => {
    fetches += 1;
    response.end(JSON.stringify(served));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  after(() => void server.close());
  const address = server.address();
  const uri = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/openid/v1/jwks`;
  await admin.trustCluster({ issuer: 'https://served', jwksUri: uri, audiences: ['sts.amazonaws.com'] });
  await admin.trustCluster({ issuer: 'https://dead', jwksUri: 'http://127.0.0.1:1/jwks', audiences: ['sts.amazonaws.com'] });
  await admin.createRole({ arn: roleArn, trust: [{ provider: issuer, subject }, { provider: 'https://served', subject }] });
  assert.ok(await assume(token({ iss: 'https://served' })));
  assert.ok(await assume(token({ iss: 'https://served' })));
  assert.equal(fetches, 1);
  const rotated = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  served.keys.push({ ...rotated.publicKey.export({ format: 'jwk' }), kid: 'new' });
  assert.ok(await assume(token({ iss: 'https://served' }, { kid: 'new', key: rotated.privateKey })));
  assert.equal(fetches, 2);
  await refused(token({ iss: 'https://dead' }), 'IDPCommunicationErrorException', /ECONNREFUSED/);
});

test('AssumeRole needs trust, takes an external id, and is an hour at most when chained', async () => {
  const arn = `arn:aws:iam::${account}:role/target`;
  await admin.createRole({ arn, trust: [{ principal: roleArn, externalId: 'secret' }], maxSessionSeconds: 43_200 });
  const masterCredentials = await assume(token());
  const chain = (params: object) => fromTemporaryCredentials({ masterCredentials, clientConfig, params: { RoleArn: arn, RoleSessionName: 'chained', ...params } })();
  assert.ok(await describe(await chain({ ExternalId: 'secret' })));
  await assert.rejects(chain({}), { name: 'AccessDenied', message: /is not authorized to perform: sts:AssumeRole on resource/ });
  await assert.rejects(chain({ ExternalId: 'secret', DurationSeconds: 7200 }), { name: 'ValidationError', message: /role chaining/ });
  const stranger = { accessKeyId: 'AKIANOBODY', secretAccessKey: 'x' };
  await assert.rejects(fromTemporaryCredentials({ masterCredentials: stranger, clientConfig, params: { RoleArn: arn } })(), { name: 'InvalidClientTokenId' });
});

test('faults strike STS in its own words', async () => {
  const rows = [['throttle', 'Throttling'], ['access-denied', 'AccessDenied'], ['expired-token', 'ExpiredTokenException'], ['invalid-identity-token', 'InvalidIdentityTokenException'], ['idp-communication-error', 'IDPCommunicationErrorException']] as const;
  for (const [kind, name] of rows) {
    await admin.fault({ operation: 'AssumeRoleWithWebIdentity', kind });
    await assert.rejects(assume(token()), { name });
  }
});

test('an action that STS does not have is invalid', async () => {
  const response = await fetch(world.url, { method: 'POST', body: new URLSearchParams({ Action: 'Dance', Version: '2011-06-15' }) });
  assert.deepEqual([response.status, response.headers.get('content-type')], [400, 'text/xml']);
  assert.match(await response.text(), /<Code>InvalidAction<\/Code>/);
});
