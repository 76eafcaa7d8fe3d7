// Pod Identity as the SDK's default chain meets it in a pod.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { DescribeCertificateAuthorityCommand } from '@aws-sdk/client-acm-pca';
import { fromContainerMetadata, fromHttp, fromNodeProviderChain } from '@aws-sdk/credential-providers';
import { patient, withAwsEnvironment } from './fixtures/aws-environment.ts';
import { clusterIssuer, clusterKeys, serviceAccountToken } from './fixtures/cluster-tokens.ts';
import { account, clientOf, startWorld } from './fixtures/running-emulator.ts';

const world = await startWorld();
const { admin } = world;
const arn = `arn:aws:iam::${account}:role/pod`;
const folder = mkdtempSync(join(tmpdir(), 'pod-identity-'));
after(() => rmSync(folder, { recursive: true }));
const tokenFile = join(folder, 'eks-pod-identity-token');
const uri = `${world.url}/v1/credentials`;
const tokenOf = (name: string, claims: object = {}) => serviceAccountToken(`system:serviceaccount:pca-issuer:${name}`, { aud: ['pods.eks.amazonaws.com'], ...claims });
const trustPods = (more: object = {}) => admin.createRole({ arn, trust: [{ principal: 'pods.eks.amazonaws.com', ...more }] });
const describe = (credentials: Parameters<typeof clientOf>[1]) => clientOf(world.url, credentials).send(new DescribeCertificateAuthorityCommand({ CertificateAuthorityArn: world.ca }));
const ask = (token?: string) => fetch(uri, token === undefined ? {} : { headers: { authorization: token } });
async function refused(token: string | undefined, status: number, code: string): Promise<void> {
  const response = await ask(token);
  const body = (await response.json()) as { readonly Code: string };
  assert.deepEqual([response.status, body.Code], [status, code]);
}

const inPod = <T>(load: () => Promise<T>, more: Readonly<Record<string, string>> = {}): Promise<T> =>
  withAwsEnvironment({ AWS_CONTAINER_CREDENTIALS_FULL_URI: uri, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: tokenFile, ...more }, load);
writeFileSync(tokenFile, tokenOf('pca-issuer', { 'kubernetes.io': { pod: { name: 'pca-issuer-0', uid: '6a3e' } } }));
await admin.trustCluster({ issuer: clusterIssuer, jwks: clusterKeys });
await trustPods();
await admin.associatePodIdentity({ namespace: 'pca-issuer', serviceAccount: 'pca-issuer', roleArn: arn, clusterName: 'prod-1' });

for (const [name, provider] of [['the node chain', fromNodeProviderChain], ['fromContainerMetadata', fromContainerMetadata], ['fromHttp', fromHttp]] as const) {
  test(`${name} finds a pod's credentials, which PCA knows`, async () => {
    // The provider for ECS takes the token as it is; the others read the file.
    const more = provider === fromContainerMetadata ? { AWS_CONTAINER_AUTHORIZATION_TOKEN: tokenOf('pca-issuer') } : {};
    const credentials = await inPod(provider(patient), more);
    assert.ok(await describe(credentials));
    assert.ok((credentials.expiration?.getTime() ?? 0) - Date.now() > 5 * 3_600_000);
  });
}

test('the answer has the five members that the agent gives', async () => {
  const answer = (await (await ask(tokenOf('pca-issuer'))).json()) as Record<string, string>;
  assert.deepEqual(Object.keys(answer), ['AccessKeyId', 'SecretAccessKey', 'Token', 'AccountId', 'Expiration']);
  assert.equal(answer['AccountId'], account);
});

test('the session is named after cluster and pod and carries tags, which permissions may ask for', async () => {
  await admin.createRole({ arn, trust: [{ principal: 'pods.eks.amazonaws.com' }], permissions: [{ principalTags: { 'kubernetes-namespace': 'pca-issuer' } }] });
  await describe(await inPod(fromHttp(patient)));
  const { entries } = await admin.journal();
  assert.equal(entries.at(-1)?.caller, `arn:aws:sts::${account}:assumed-role/pod/eks-prod-1-pca-issuer-0-6a3e`);
  const { operation, outcome, caller, parameters } = entries.at(-2) ?? {};
  assert.deepEqual([operation, outcome, caller], ['AssumeRoleForPodIdentity', 'ok', entries.at(-1)?.caller]);
  assert.deepEqual(parameters, {
    RoleArn: arn,
    subject: 'system:serviceaccount:pca-issuer:pca-issuer',
    Tags: {
      'eks-cluster-arn': `arn:aws:eks:us-east-1:${account}:cluster/prod-1`, 'eks-cluster-name': 'prod-1', 'kubernetes-namespace': 'pca-issuer',
      'kubernetes-service-account': 'pca-issuer', 'kubernetes-pod-name': 'pca-issuer-0', 'kubernetes-pod-uid': '6a3e',
    },
  });
  await trustPods();
});

test('the journal keeps no token and no secret', async () => {
  const token = tokenOf('pca-issuer');
  const { SecretAccessKey, Token } = (await (await ask(token)).json()) as { readonly SecretAccessKey: string; readonly Token: string };
  const written = JSON.stringify(await admin.journal());
  assert.ok(![token.split('.')[2] ?? '', SecretAccessKey, Token].some((secret) => written.includes(secret)));
});

test('tokens are judged: none, of another audience, past, of an unknown issuer', async () => {
  await refused(undefined, 400, 'InvalidParameterException');
  await refused(tokenOf('pca-issuer', { aud: ['sts.amazonaws.com'] }), 400, 'InvalidTokenException');
  await refused(tokenOf('pca-issuer', { exp: 1 }), 400, 'ExpiredTokenException');
  await refused(tokenOf('pca-issuer', { iss: 'https://elsewhere' }), 400, 'InvalidTokenException');
  await refused(`Bearer ${tokenOf('pca-issuer')}`, 400, 'InvalidTokenException');
});

test('a ServiceAccount without an association gets nothing, until it has one', async () => {
  await refused(tokenOf('other'), 404, 'ResourceNotFoundException');
  await admin.associatePodIdentity({ namespace: 'pca-issuer', serviceAccount: 'other', roleArn: arn });
  assert.equal((await ask(tokenOf('other'))).status, 200);
  await admin.removePodIdentityAssociation({ namespace: 'pca-issuer', serviceAccount: 'other' });
  await refused(tokenOf('other'), 404, 'ResourceNotFoundException');
  assert.deepEqual((await admin.podIdentityAssociations()).map(({ serviceAccount }) => serviceAccount), ['pca-issuer']);
});

test('the role must trust the service by its name, and with tags', async () => {
  await admin.createRole({ arn, trust: [{ principal: '*' }] });
  await refused(tokenOf('pca-issuer'), 400, 'AccessDeniedException');
  await trustPods({ allowsTags: false });
  await refused(tokenOf('pca-issuer'), 400, 'AccessDeniedException');
  await trustPods({ requestTags: { 'eks-cluster-name': 'prod-*' } });
  assert.equal((await ask(tokenOf('pca-issuer'))).status, 200);
});

test('the SDK tells status, code and message of a refusal, and the agent\'s line of text leaves it with the status', async () => {
  await admin.createRole({ arn, trust: [] });
  await assert.rejects(inPod(fromHttp(patient)), { name: 'CredentialsProviderError', message: 'Server responded with status: 400', Code: 'AccessDeniedException' });
  await admin.settings({ podIdentityErrors: 'text' });
  assert.match(await (await ask(tokenOf('pca-issuer'))).text(), /^\[[0-9a-f-]{36}\]: \(AccessDeniedException\): Unauthorized Exception! EKS does not have permissions to assume the associated role\., fault: client\n$/);
  await assert.rejects(inPod(fromHttp(patient)), { name: 'CredentialsProviderError', Code: undefined });
  await admin.settings({ podIdentityErrors: 'json' });
  await trustPods();
});

test('faults strike it by its name', async () => {
  for (const [kind, status] of [['throttle', 429], ['error-500', 500], ['access-denied', 400]] as const) {
    await admin.fault({ operation: 'AssumeRoleForPodIdentity', kind });
    assert.equal((await ask(tokenOf('pca-issuer'))).status, status);
  }
  assert.equal((await ask(tokenOf('pca-issuer'))).status, 200);
});
