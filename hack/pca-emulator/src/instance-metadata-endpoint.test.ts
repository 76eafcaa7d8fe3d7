// The instance metadata service as the SDK meets it on an EC2 instance.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DescribeCertificateAuthorityCommand } from '@aws-sdk/client-acm-pca';
import { fromInstanceMetadata, fromNodeProviderChain } from '@aws-sdk/credential-providers';
import { patient, withAwsEnvironment } from './fixtures/aws-environment.ts';
import { account, clientOf, startWorld } from './fixtures/running-emulator.ts';

const world = await startWorld();
const { admin } = world;
const arn = `arn:aws:iam::${account}:role/node`;
const rolePath = '/latest/meta-data/iam/security-credentials/';
const ttl = 'x-aws-ec2-metadata-token-ttl-seconds';
const tokenHeader = 'x-aws-ec2-metadata-token';
const trustInstances = () => admin.createRole({ arn, trust: [{ principal: 'ec2.amazonaws.com' }] });
const describe = (credentials: Parameters<typeof clientOf>[1]) => clientOf(world.url, credentials).send(new DescribeCertificateAuthorityCommand({ CertificateAuthorityArn: world.ca }));
const fetchToken = (seconds: string) => fetch(`${world.url}/latest/api/token`, { method: 'PUT', headers: { [ttl]: seconds } });
const get = (path: string, token: string) => fetch(`${world.url}${path}`, { headers: { [tokenHeader]: token } });

const onInstance = <T>(load: () => Promise<T>): Promise<T> => withAwsEnvironment({ AWS_EC2_METADATA_SERVICE_ENDPOINT: world.url }, load);

test('an instance without a profile has no role', async () => {
  await assert.rejects(onInstance(fromInstanceMetadata(patient)), { message: /instance metadata service/ });
  const { entries } = await admin.journal();
  assert.deepEqual(entries.map(({ operation, outcome }) => [operation, outcome]), [['InstanceMetadata', 'ok'], ['InstanceMetadata', 'NotFound']]);
});

for (const [name, provider] of [['fromInstanceMetadata', fromInstanceMetadata], ['the node chain', fromNodeProviderChain]] as const) {
  test(`${name} finds the credentials of the instance's role, which PCA knows`, async () => {
    await trustInstances();
    await admin.attachInstanceProfile(arn);
    await admin.resetJournal();
    const credentials = await onInstance(provider(patient));
    assert.ok(await describe(credentials));
    const { entries } = await admin.journal();
    assert.deepEqual(entries.map(({ parameters }) => parameters?.['path']), ['/latest/api/token', rolePath, `${rolePath}node`, undefined]);
    assert.equal(entries.at(-1)?.caller, `arn:aws:sts::${account}:assumed-role/node/i-0e0e0e0e0e0e0e0e0`);
    assert.ok(![credentials.secretAccessKey, credentials.sessionToken ?? ''].some((secret) => JSON.stringify(entries).includes(secret)));
  });
}

test('only version 2 is spoken: no token, a foreign one and an old one are unauthorised', async () => {
  const [token, own] = await Promise.all([fetchToken('1'), fetchToken('21600')]);
  assert.deepEqual([token.status, token.headers.get(ttl)], [200, '1']);
  const [stale, good] = [await token.text(), await own.text()];
  assert.equal((await get(rolePath, good)).status, 200);
  assert.equal((await get(rolePath, stale.replace(/^\d+/, '1'))).status, 401);
  assert.equal((await get(rolePath, `${Date.now() + 60_000}-${good.replace(/^\d+-/, '')}`)).status, 401);
  assert.equal((await fetch(`${world.url}${rolePath}`)).status, 401);
});

test('a token is asked for by PUT, for a second to six hours', async () => {
  assert.deepEqual(await Promise.all(['0', '21601', 'x'].map(async (seconds) => (await fetchToken(seconds)).status)), [400, 400, 400]);
  assert.equal((await fetch(`${world.url}/latest/api/token`)).status, 405);
});

test('a role that does not trust EC2 is told as AWS tells it, and the SDK gets no credentials', async () => {
  await admin.createRole({ arn, trust: [{ principal: 'pods.eks.amazonaws.com' }, { principal: '*' }] });
  const response = await get(`${rolePath}node`, await (await fetchToken('60')).text());
  const { Code } = (await response.json()) as { readonly Code: string };
  assert.deepEqual([response.status, Code], [200, 'AssumeRoleUnauthorizedAccess']);
  await assert.rejects(onInstance(fromInstanceMetadata(patient)), { message: /Invalid response received from instance metadata service/ });
  await trustInstances();
});

test('faults strike it by its name', async () => {
  for (const [kind, status] of [['error-503', 503], ['access-denied', 403]] as const) {
    await admin.fault({ operation: 'InstanceMetadata', kind });
    assert.equal((await fetchToken('60')).status, status);
  }
  const token = await (await fetchToken('60')).text();
  await admin.fault({ operation: 'InstanceMetadata', kind: 'access-denied' });
  assert.match(await (await get(`${rolePath}node`, token)).text(), /"Code":"AssumeRoleUnauthorizedAccess"/);
});

test('a profile can be taken away', async () => {
  await admin.detachInstanceProfile();
  assert.equal((await get(rolePath, await (await fetchToken('60')).text())).status, 404);
});
