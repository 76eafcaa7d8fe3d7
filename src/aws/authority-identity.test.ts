import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Identity } from '../domain/identity.ts';
import { succeed, type Result } from '../domain/failure.ts';
import { awsError, json, stsError, stsSession } from './fake-aws.ts';
import type { SecretData } from './ports.ts';
import { accessAs, ambient, certificateArn, plan, role, secretIdentity } from './test-access.ts';
import { failureOf, later, never, stage } from './test-stage.ts';

test('a changed Secret takes effect at the next call, and a broken one is told without asking AWS', async (t) => {
  let secret: Result<SecretData | undefined> = succeed({ resourceVersion: '1', data: { id: 'AKONE', key: 'hush' } });
  const { aws, pca, signers } = await stage(t, { secret: () => secret });
  const access = accessAs(secretIdentity);
  aws.script('GetCertificateAuthorityCertificate', json({ Certificate: 'ROOT' }));
  await pca.certificate(access, never);
  secret = succeed({ resourceVersion: '2', data: { id: 'AKTWO', key: 'hush' } });
  await pca.certificate(access, never);
  secret = succeed({ resourceVersion: '3', data: { id: 'AKTHREE' } });
  assert.match(failureOf(await pca.certificate(access, never)).message, /^no AWS Secret Access Key Found/);
  secret = { ok: false, failure: { class: 'unauthorised', code: '403 Forbidden', message: 'secrets "aws" is forbidden', operation: 'GET secrets' } };
  assert.equal(failureOf(await pca.certificate(access, never)).message, 'failed to retrieve secret: secrets "aws" is forbidden');
  assert.deepEqual(signers(), ['GetCertificateAuthorityCertificate AKONE', 'GetCertificateAuthorityCertificate AKTWO']);
});

test('a role is assumed once, with the keys below it, and signs the calls', async (t) => {
  const { aws, pca, signers, counted } = await stage(t, { secret: () => succeed({ resourceVersion: '1', data: { id: 'AKONE', key: 'hush' } }) });
  const access = accessAs({ ...secretIdentity, roles: [role] });
  aws.script('AssumeRole', stsSession('AssumeRole', 'AKROLE', later));
  aws.script('GetCertificateAuthorityCertificate', json({ Certificate: 'ROOT' }));
  await Promise.all([pca.certificate(access, never), pca.certificate(access, never)]);
  await pca.certificate(access, never);
  const call = 'GetCertificateAuthorityCertificate AKROLE';
  assert.deepEqual(signers(), ['AssumeRole AKONE', call, call, call]);
  assert.match(aws.calls[0]?.body ?? '', /RoleSessionName=pca-issuer/);
  assert.deepEqual(counted.filter((each) => each.startsWith('AssumeRole')), ['AssumeRole ok']);
});

const serviceAccount: Identity = {
  kind: 'service-account', namespace: 'team-a', name: 'mesh', audiences: ['sts.amazonaws.com'], role: { arn: role.arn, sessionName: 'pca-issuer@team-a@root' }, roles: [],
};

test('the token of a ServiceAccount is exchanged for its role, a newer one at the next exchange, and one made anew ends the session', async (t) => {
  let given = { token: 'one', accountUid: 'u-1' };
  const { aws, pca, signers } = await stage(t, { token: () => succeed(given) });
  const access = accessAs(serviceAccount);
  aws.script('AssumeRoleWithWebIdentity', stsSession('AssumeRoleWithWebIdentity', 'AKFIRST', later), stsSession('AssumeRoleWithWebIdentity', 'AKSECOND', later));
  aws.script('GetCertificateAuthorityCertificate', json({ Certificate: 'ROOT' }));
  await pca.certificate(access, never);
  given = { token: 'two', accountUid: 'u-1' };
  await pca.certificate(access, never);
  given = { token: 'three', accountUid: 'u-2' };
  await pca.certificate(access, never);
  const exchange = 'AssumeRoleWithWebIdentity unsigned';
  const call = (key: string): string => `GetCertificateAuthorityCertificate ${ key}`;
  assert.deepEqual(signers(), [exchange, call('AKFIRST'), call('AKFIRST'), exchange, call('AKSECOND')]);
  const [first, , , second] = aws.calls.map(({ body }) => new URLSearchParams(body));
  assert.deepEqual([first?.get('WebIdentityToken'), first?.get('RoleSessionName'), second?.get('WebIdentityToken')], ['one', 'pca-issuer@team-a@root', 'three']);
});

test('a ServiceAccount without a token for us is told in the words that alerts match on, and nobody is asked', async (t) => {
  const { aws, pca } = await stage(t);
  const failure = failureOf(await pca.certificate(accessAs(serviceAccount), never));
  assert.deepEqual([failure.class, failure.message], ['unauthorised', 'failed to request token for ServiceAccount team-a/mesh: serviceaccounts "aws" not found']);
  assert.equal(aws.calls.length, 0);
});

test('what STS refuses of a token is told with what the trust policy must say', async (t) => {
  const { aws, pca } = await stage(t, { token: () => succeed({ token: 'one', accountUid: '' }) });
  aws.script('AssumeRoleWithWebIdentity', stsError('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity'));
  assert.match(failureOf(await pca.certificate(accessAs(serviceAccount), never)).message, /^AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity; the trust policy of arn:aws:iam::210987654321:role\/pca must allow .* the subject system:serviceaccount:team-a:mesh and the audience sts\.amazonaws\.com$/);
});

test('roles are assumed one after the other: external id and tags go to the first, which passes the tags on', async (t) => {
  const { aws, pca, signers } = await stage(t);
  const second = { ...role, arn: 'arn:aws:iam::333344445555:role/pca', externalId: 'second' };
  aws.script('AssumeRole', stsSession('AssumeRole', 'AKONE', later), stsSession('AssumeRole', 'AKTWO', later));
  aws.script('GetCertificateAuthorityCertificate', json({ Certificate: 'ROOT' }));
  await pca.certificate(accessAs({ kind: 'ambient', roles: [{ ...role, externalId: 'mesh-1', tags: { cluster: 'a' } }, second] }), never);
  assert.deepEqual(signers(), ['AssumeRole AKAMBIENT', 'AssumeRole AKONE', 'GetCertificateAuthorityCertificate AKTWO']);
  const [one, two] = aws.calls.map(({ body }) => new URLSearchParams(body));
  assert.deepEqual([one?.get('ExternalId'), one?.get('Tags.member.1.Key'), one?.get('Tags.member.1.Value'), one?.get('TransitiveTagKeys.member.1')], ['mesh-1', 'cluster', 'a', 'cluster']);
  assert.deepEqual([two?.get('RoleArn'), two?.get('ExternalId'), two?.has('Tags.member.1.Key')], [second.arn, 'second', false]);
});

test('the user agent says which cluster and which issuer asked, and two issuers with the same credentials share them', async (t) => {
  const { aws, pca } = await stage(t);
  aws.script('GetCertificateAuthorityCertificate', json({ Certificate: 'ROOT' }));
  await pca.certificate(ambient, never);
  await pca.certificate({ ...ambient, userAgent: 'issuer/AWSPCAIssuer.team-a.leaf' }, never);
  const [first, second] = aws.calls.map(({ headers }) => headers['user-agent'] ?? '');
  assert.match(first ?? '', /pca-issuer\/1\.2\.3 .*cluster\/a issuer\/AWSPCAClusterIssuer\.root$/);
  assert.match(second ?? '', /issuer\/AWSPCAIssuer\.team-a\.leaf$/);
});

test('a refusal by STS is told as one of STS, and PCA is not called', async (t) => {
  const { aws, pca, counted } = await stage(t);
  aws.script('AssumeRole', stsError('AccessDenied', 'User: arn:aws:sts::1:assumed-role/pod/aws-sdk-js-1 is not authorized to perform: sts:AssumeRole'));
  const access = accessAs({ kind: 'ambient', roles: [role] });
  assert.deepEqual(failureOf(await pca.issue(access, plan, never)), {
    class: 'unauthorised',
    code: 'sts:AccessDenied',
    message: `AccessDenied: User: arn:aws:sts::1:assumed-role/pod is not authorized to perform: sts:AssumeRole; the trust policy of ${ role.arn} must allow sts:AssumeRole to this caller without an external id (spec.roleOptions.externalId sets one), and so must the caller's own policy`,
    operation: 'AssumeRole',
  });
  assert.deepEqual(aws.calls.map(({ operation }) => operation), ['AssumeRole']);
  assert.deepEqual(counted, ['LoadCredentials ok', 'AssumeRole AccessDenied']);
});

test('a lost answer of STS is never ambiguous: no certificate was asked for', async (t) => {
  const { aws, pca } = await stage(t);
  const access = accessAs({ kind: 'ambient', roles: [role] });
  for (const loss of [{ kind: 'reset' }, { kind: 'truncate' }, { kind: 'answer', status: 503, body: '<html>' }] as const) {
    aws.script('AssumeRole', loss);
    assert.equal(failureOf(await pca.issue(access, plan, never)).class, 'transient', JSON.stringify(loss));
  }
});

test('without any credentials the failure says so', async (t) => {
  const { pca } = await stage(t, { environment: {} });
  const failure = failureOf(await pca.describe(ambient, never));
  assert.equal(failure.class, 'unauthorised');
  assert.equal(failure.code, 'CredentialsProviderError');
  assert.equal(failure.operation, 'LoadCredentials');
});

test('expired credentials are dropped, and the call is tried once more with fresh ones', async (t) => {
  const { aws, pca, signers } = await stage(t);
  const access = accessAs({ kind: 'ambient', roles: [role] });
  aws.script('AssumeRole', stsSession('AssumeRole', 'AKOLD', later), stsSession('AssumeRole', 'AKNEW', later));
  aws.script('IssueCertificate', awsError('ExpiredTokenException'), json({ CertificateArn: certificateArn }));
  assert.deepEqual(await pca.issue(access, plan, never), succeed({ certificateArn, awsRequestId: 'test-request' }));
  assert.deepEqual(signers(), ['AssumeRole AKAMBIENT', 'IssueCertificate AKOLD', 'AssumeRole AKAMBIENT', 'IssueCertificate AKNEW']);
  aws.script('IssueCertificate', awsError('ExpiredTokenException'));
  assert.equal(failureOf(await pca.issue(access, plan, never)).class, 'unauthorised');
  assert.equal(signers().filter((each) => each.startsWith('IssueCertificate')).length, 4);
});
