import assert from 'node:assert/strict';
import { test } from 'node:test';
import { succeed } from '../domain/failure.ts';
import { awsError, json } from './fake-aws.ts';
import { ambient, authorityArn, certificateArn, keys, plan } from './test-access.ts';
import { failureOf, never, stage } from './test-stage.ts';

test('a process that does not lead asks AWS nothing', async (t) => {
  const { aws, pca, counted } = await stage(t, { leads: () => false });
  const failure = failureOf(await pca.issue(ambient, plan, never));
  assert.deepEqual([failure.class, failure.code, failure.operation], ['conflict', 'NotLeader', 'IssueCertificate']);
  assert.deepEqual([aws.calls.length, counted], [0, ['LoadCredentials ok']]);
});

test('IssueCertificate is sent with both dates absolute in whole seconds, the template, the passthrough and the token', async (t) => {
  const { aws, pca, counted, lines } = await stage(t);
  aws.script('IssueCertificate', json({ CertificateArn: certificateArn }));
  assert.deepEqual(await pca.issue(ambient, plan, never), succeed({ certificateArn, awsRequestId: 'test-request' }));
  assert.deepEqual(JSON.parse(aws.calls[0]?.body ?? ''), {
    CertificateAuthorityArn: authorityArn,
    Csr: Buffer.from(plan.csrPem).toString('base64'),
    SigningAlgorithm: 'ML_DSA_65',
    TemplateArn: plan.templateArn,
    ValidityNotBefore: { Type: 'ABSOLUTE', Value: 1_767_225_600 },
    Validity: { Type: 'ABSOLUTE', Value: 1_775_001_600 },
    IdempotencyToken: plan.token,
    ApiPassthrough: { Extensions: { KeyUsage: { DigitalSignature: true }, ExtendedKeyUsage: [{ ExtendedKeyUsageType: 'SERVER_AUTH' }] } },
  });
  assert.match(aws.calls[0]?.headers['user-agent'] ?? '', /pca-issuer\/1\.2\.3/);
  assert.deepEqual(counted, ['LoadCredentials ok', 'IssueCertificate ok']);
  assert.equal(lines[0]?.['awsRequestId'], 'test-request');
  assert.doesNotMatch(JSON.stringify(lines), /hush|AKAMBIENT|BEGIN/);
});

test('a repeated plan is sent with identical bytes', async (t) => {
  const { aws, pca } = await stage(t);
  aws.script('IssueCertificate', { kind: 'truncate' }, json({ CertificateArn: certificateArn }));
  assert.equal(failureOf(await pca.issue(ambient, plan, never)).class, 'ambiguous');
  assert.ok((await pca.issue(ambient, plan, never)).ok);
  assert.equal(aws.calls.length, 2);
  assert.equal(aws.calls[0]?.body, aws.calls[1]?.body);
});

test('every way in which the answer to IssueCertificate can be lost is ambiguous, and nothing is repeated here', async (t) => {
  const { aws, pca, counted } = await stage(t);
  const html = (status: number) => ({ kind: 'answer', status, body: '<html>Bad Gateway</html>' }) as const;
  const losses = [{ kind: 'reset' }, { kind: 'truncate' }, html(200), html(502), json({}), { kind: 'answer', body: '' }, json(null), awsError('InternalFailure', '', 500), json({}, 503)] as const;
  for (const loss of losses) {
    aws.script('IssueCertificate', loss);
    assert.equal(failureOf(await pca.issue(ambient, plan, never)).class, 'ambiguous', JSON.stringify(loss));
  }
  assert.equal(aws.calls.length, losses.length);
  assert.ok(!counted.includes('IssueCertificate unmapped'), counted.join());
});

test('an answer that does not come, or does not end, is waited for 10 seconds', async (t) => {
  const { aws, pca, clock, called } = await stage(t);
  for (const [index, kind] of (['hang', 'stall'] as const).entries()) {
    aws.script('IssueCertificate', { kind });
    const issued = pca.issue(ambient, plan, never);
    await called(index + 1);
    await clock.advance(9_999);
    assert.equal(await Promise.race([issued, Promise.resolve('waiting')]), 'waiting');
    await clock.advance(1);
    assert.deepEqual(failureOf(await issued), { class: 'ambiguous', code: 'TimeoutError', message: 'no answer in time', operation: 'IssueCertificate' });
  }
});

test('a refused connection is transient: nothing was sent', async (t) => {
  const { pca } = await stage(t, { environment: { ...keys, AWS_ENDPOINT_URL_ACM_PCA: 'http://127.0.0.1:1' } });
  assert.deepEqual(failureOf(await pca.issue(ambient, plan, never)), { class: 'transient', code: 'ECONNREFUSED', message: 'the endpoint refuses connections', operation: 'IssueCertificate' });
});

test('calls that hang keep no other from being sent', async (t) => {
  const { aws, pca, clock, called } = await stage(t);
  aws.script('IssueCertificate', { kind: 'hang' });
  const issued = Array.from({ length: 80 }, () => pca.issue(ambient, plan, never));
  await called(80);
  await clock.advance(10_000);
  for (const each of issued) assert.equal(failureOf(await each).code, 'TimeoutError');
});

test('AWS_ENDPOINT_URL alone is honoured', async (t) => {
  const { aws, pca } = await stage(t);
  delete process.env['AWS_ENDPOINT_URL_ACM_PCA'];
  process.env['AWS_ENDPOINT_URL'] = aws.url;
  aws.script('DescribeCertificateAuthority', json({ CertificateAuthority: { Arn: authorityArn } }));
  assert.ok((await pca.describe(ambient, never)).ok);
});

test('a call that is told to stop ends at once, and an IssueCertificate is ambiguous then', async (t) => {
  const { aws, pca, called } = await stage(t);
  aws.script('IssueCertificate', { kind: 'stall' });
  const stop = new AbortController();
  const issued = pca.issue(ambient, plan, stop.signal);
  await called(1);
  stop.abort();
  assert.deepEqual(failureOf(await issued), { class: 'ambiguous', code: 'AbortError', message: 'the call was broken off', operation: 'IssueCertificate' });
  assert.equal(failureOf(await pca.issue(ambient, plan, stop.signal)).class, 'transient');
  assert.equal(aws.calls.length, 1);
});

test('a certificate that is not signed yet is in progress, not a failure', async (t) => {
  const { aws, pca, counted } = await stage(t);
  aws.script('GetCertificate', awsError('RequestInProgressException'), json({ Certificate: 'PEM', CertificateChain: 'CHAIN' }), json({}));
  assert.deepEqual(await pca.fetch(ambient, certificateArn, never), succeed('in-progress'));
  assert.deepEqual(await pca.fetch(ambient, certificateArn, never), succeed({ certificate: 'PEM', chain: 'CHAIN' }));
  assert.equal(failureOf(await pca.fetch(ambient, certificateArn, never)).class, 'transient');
  assert.ok(counted.includes('GetCertificate RequestInProgressException'));
});

test('a CA is described, and what AWS leaves out is undefined', async (t) => {
  const { aws, pca } = await stage(t);
  const configuration = { KeyAlgorithm: 'RSA_2048', SigningAlgorithm: 'SHA256WITHRSA' };
  aws.script(
    'DescribeCertificateAuthority',
    json({ CertificateAuthority: { Arn: authorityArn, Type: 'SUBORDINATE', Status: 'ACTIVE', UsageMode: 'GENERAL_PURPOSE', Serial: '1', NotAfter: 1_900_000_000, CertificateAuthorityConfiguration: configuration } }),
    json({ CertificateAuthority: { Arn: authorityArn, Status: 'CREATING' } }),
  );
  assert.deepEqual(await pca.describe(ambient, never), succeed({ type: 'SUBORDINATE', status: 'ACTIVE', usageMode: 'GENERAL_PURPOSE', keyAlgorithm: 'RSA_2048', signingAlgorithm: 'SHA256WITHRSA', serial: '1', notAfter: new Date(1_900_000_000_000) }));
  const early = await pca.describe(ambient, never);
  assert.ok(early.ok && early.value.notAfter === undefined && early.value.signingAlgorithm === undefined);
});

test('the certificate of a root CA comes without a chain', async (t) => {
  const { aws, pca } = await stage(t);
  aws.script('GetCertificateAuthorityCertificate', json({ Certificate: 'ROOT' }));
  assert.deepEqual(await pca.certificate(ambient, never), succeed({ certificate: 'ROOT', chain: undefined }));
});
