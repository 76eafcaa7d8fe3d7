import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { readAuthorityArn } from '../domain/authority.ts';
import { succeed } from '../domain/failure.ts';
import { systemClock } from '../runtime/clock.ts';
import { awsError, json, pointAt, startFakeAws, type FakeAws } from './fake-aws.ts';
import { makeRevocation, type Revocation } from './revocation.ts';
import { authorityArn } from './test-access.ts';
import { failureOf, never } from './test-stage.ts';

async function stage(t: TestContext): Promise<{ readonly aws: FakeAws; readonly pca: Revocation }> {
  const aws = await startFakeAws();
  // The SDK's own chain reads the process's environment, where whoever runs this may have a profile.
  const restore = pointAt(aws.url, { AWS_ACCESS_KEY_ID: 'AKPERSON', AWS_SECRET_ACCESS_KEY: 'hush' });
  t.after(() => (restore(), aws.close()));
  const authority = readAuthorityArn(authorityArn) ?? assert.fail('no ARN');
  const pca = makeRevocation(authority, { clock: systemClock, environment: process.env, version: '1.2.3' });
  t.after(() => pca.close());
  return { aws, pca };
}

test('a certificate is asked for by its serial number, signed as the person of the environment', async (t) => {
  const { aws, pca } = await stage(t);
  aws.script('GetCertificate', json({ Certificate: 'pem' }), awsError('ResourceNotFoundException'), awsError('AccessDeniedException'));
  assert.deepEqual(await pca.find('0a1b', never), succeed('pem'));
  assert.deepEqual(JSON.parse(aws.calls[0]?.body ?? ''), { CertificateAuthorityArn: authorityArn, CertificateArn: `${authorityArn}/certificate/0a1b` });
  assert.match(aws.calls[0]?.headers.authorization ?? '', /AKPERSON/);
  assert.match(aws.calls[0]?.headers['user-agent'] ?? '', /pca-issuer-revoke\/1\.2\.3/);
  assert.deepEqual(await pca.find('0a1b', never), succeed(undefined));
  assert.equal(failureOf(await pca.find('0a1b', never)).class, 'unauthorised');
});

test('a revocation carries serial and reason; what was revoked before is no failure', async (t) => {
  const { aws, pca } = await stage(t);
  aws.script('RevokeCertificate', json({}), awsError('RequestAlreadyProcessedException'), awsError('InvalidStateException'));
  assert.deepEqual(await pca.revoke('0a1b', 'KEY_COMPROMISE', never), succeed('revoked'));
  assert.deepEqual(JSON.parse(aws.calls[0]?.body ?? ''), { CertificateAuthorityArn: authorityArn, CertificateSerial: '0a1b', RevocationReason: 'KEY_COMPROMISE' });
  assert.deepEqual(await pca.revoke('0a1b', 'KEY_COMPROMISE', never), succeed('was-revoked'));
  assert.equal(failureOf(await pca.revoke('0a1b', 'KEY_COMPROMISE', never)).code, 'InvalidStateException');
});

test('where a CA tells of revocations is read from its description', async (t) => {
  const { aws, pca } = await stage(t);
  aws.script('DescribeCertificateAuthority', json({ CertificateAuthority: { RevocationConfiguration: { CrlConfiguration: { Enabled: true } } } }), json({ CertificateAuthority: {} }));
  assert.deepEqual(await pca.lists(never), succeed({ hasCrl: true, hasOcsp: false }));
  assert.deepEqual(await pca.lists(never), succeed({ hasCrl: false, hasOcsp: false }));
});
