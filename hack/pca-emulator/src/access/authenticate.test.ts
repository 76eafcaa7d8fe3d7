// Signatures as the real SDK makes them, and each way in which they can be wrong.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ACMPCAClient, DescribeCertificateAuthorityCommand } from '@aws-sdk/client-acm-pca';
import { forgetAwsEnvironment } from '../fixtures/aws-environment.ts';
import { defaultSettings } from '../settings.ts';
import { ApiError } from '../wire/api-error.ts';
import type { WireRequest } from '../wire/request.ts';
import { authenticate } from './authenticate.ts';
import type { AccessKey, Session } from './credentials.ts';
import { parseAmzDate } from './signature.ts';

forgetAwsEnvironment();
const credentials = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' };
const key: AccessKey = { ...credentials, account: '111122223333', principalArn: 'arn:aws:iam::111122223333:user/tester' };
const session: Session = { ...key, accessKeyId: 'ASIAEXAMPLE', sessionToken: 'token', roleArn: 'arn:aws:iam::111122223333:role/r', expiresAtMs: Date.now() + 4 * 60_000, chained: false };
const arn = 'arn:aws:acm-pca:eu-central-1:111122223333:certificate-authority/00000000-0000-0000-0000-000000000000';

/** The request that the SDK would send, caught before it leaves. */
async function signedBySdk(change: Partial<ConstructorParameters<typeof ACMPCAClient>[0]> = {}): Promise<WireRequest> {
  const caught = Promise.withResolvers<WireRequest>();
  const sdk = new ACMPCAClient({
    endpoint: 'http://127.0.0.1:1', region: 'eu-central-1', credentials, maxAttempts: 1,
    requestHandler: {
      handle: async ({ method, path, headers, body }: { method: string; path: string; headers: Record<string, string>; body: string }) => {
        caught.resolve({ method, path, query: new URLSearchParams(), headers, body: Buffer.from(body) });
        return Promise.reject(new Error('caught'));
      },
    },
    ...change,
  });
  await sdk.send(new DescribeCertificateAuthorityCommand({ CertificateAuthorityArn: arn })).catch(() => undefined);
  return caught.promise;
}

const signedAt = (request: WireRequest) => parseAmzDate(request.headers['x-amz-date'] ?? '') ?? 0;
const judge = (request: WireRequest, nowMs = signedAt(request), settings = defaultSettings) =>
  authenticate(request, { protocol: 'json', service: 'acm-pca', nowMs, settings, findKey: (id) => [key, session].find(({ accessKeyId }) => accessKeyId === id) });
const refusedWith = (code: string, message = /./) => (error: unknown) => error instanceof ApiError && error.code === code && message.test(error.message);
const good = await signedBySdk();
const withHeader = (name: string, value: string): WireRequest => ({ ...good, headers: { ...good.headers, [name]: value } });
const authorization = good.headers['authorization'] ?? '';

test('a signature of the SDK is good, and names caller and region', () => {
  const caller = judge(good);
  assert.deepEqual([caller.arn, caller.account, caller.region, caller.roleArn], [key.principalArn, key.account, 'eu-central-1', undefined]);
});

test('a session is known by its token, until it ends', async () => {
  const request = await signedBySdk({ credentials: { ...session } });
  assert.equal(judge(request).roleArn, session.roleArn);
  assert.throws(() => judge(request, session.expiresAtMs), refusedWith('ExpiredTokenException'));
  const foreign = await signedBySdk({ credentials: { ...session, sessionToken: 'another' } });
  assert.throws(() => judge(foreign), refusedWith('UnrecognizedClientException'));
});

test('no signature at all is a missing token', () => {
  const { authorization: _, ...headers } = good.headers;
  assert.throws(() => judge({ ...good, headers }), refusedWith('MissingAuthenticationTokenException', /^Missing Authentication Token$/));
});

test('a header without its parts, or without a date, is incomplete', () => {
  assert.throws(() => judge(withHeader('authorization', 'AWS4-HMAC-SHA256 Credential=a/b/c')), refusedWith('IncompleteSignatureException', /'Signature'.*'SignedHeaders'/));
  assert.throws(() => judge(withHeader('authorization', 'Bearer abc')), refusedWith('IncompleteSignatureException'));
  assert.throws(() => judge(withHeader('x-amz-date', 'yesterday')), refusedWith('IncompleteSignatureException', /X-Amz-Date/));
});

test('an unknown key is an unrecognised client', async () => {
  const request = await signedBySdk({ credentials: { accessKeyId: 'AKIANOBODY', secretAccessKey: 'x' } });
  assert.throws(() => judge(request), refusedWith('UnrecognizedClientException', /^The security token included in the request is invalid\.$/));
});

test('a wrong secret, a changed body and a changed signed header break the signature', async () => {
  const wrong = await signedBySdk({ credentials: { ...credentials, secretAccessKey: 'other' } });
  assert.throws(() => judge(wrong), refusedWith('InvalidSignatureException', /^The request signature we calculated does not match/));
  assert.throws(() => judge({ ...good, body: Buffer.from('{}') }), refusedWith('InvalidSignatureException'));
  assert.throws(() => judge(withHeader('x-amz-target', 'ACMPrivateCA.IssueCertificate')), refusedWith('InvalidSignatureException'));
});

test('the host must be signed', () => {
  const without = authorization.replace(/SignedHeaders=[^,]+/, 'SignedHeaders=x-amz-date');
  assert.throws(() => judge(withHeader('authorization', without)), refusedWith('InvalidSignatureException', /'Host'/));
});

test('a scope of another service or of no region is refused', () => {
  assert.throws(() => judge(withHeader('authorization', authorization.replace('/acm-pca/', '/sts/'))), refusedWith('InvalidSignatureException', /correct service: 'acm-pca'/));
  assert.throws(() => judge(withHeader('authorization', authorization.replace('/eu-central-1/', '/Frankfurt/'))), refusedWith('InvalidSignatureException', /valid region/));
  assert.throws(() => judge(good, signedAt(good), { ...defaultSettings, endpointRegion: 'eu-west-1' }), refusedWith('InvalidSignatureException', /valid region/));
});

test('a signature is good for five minutes to both sides', () => {
  assert.ok(judge(good, signedAt(good) + 4 * 60_000));
  assert.ok(judge(good, signedAt(good) - 4 * 60_000));
  assert.throws(() => judge(good, signedAt(good) + 6 * 60_000), refusedWith('InvalidSignatureException', /^Signature expired: \d{8}T\d{6}Z is now earlier than/));
  assert.throws(() => judge(good, signedAt(good) - 6 * 60_000), refusedWith('InvalidSignatureException', /^Signature not yet current/));
});
