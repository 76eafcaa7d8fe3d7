// At which hosts would each partition be called? A proxy that refuses every tunnel hears the names, and nothing leaves this machine.
import assert from 'node:assert/strict';
import { before, test, type TestContext } from 'node:test';
import type { Access } from '../controller/ports.ts';
import { fail, succeed } from '../domain/failure.ts';
import { readAuthorityArn } from '../domain/authority.ts';
import { makeFakeClock } from '../runtime/fake-clock.ts';
import { silentMetrics } from '../runtime/fake-metrics.ts';
import type { Logger } from '../runtime/ports.ts';
import { makeAuthority } from './authority.ts';
import { pointAt } from './fake-aws.ts';
import { startFakeProxy } from './fake-proxy.ts';
import { accessAs, keys, role } from './test-access.ts';

const never = new AbortController().signal;
const logger: Logger = { debug() {}, info() {}, warn() {}, error() {}, with: () => logger };
const fips = { AWS_USE_FIPS_ENDPOINT: 'true' };
const dualStack = { AWS_USE_DUALSTACK_ENDPOINT: 'true' };
const both = { ...fips, ...dualStack };

before(() => {
  for (const name of ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', 'https_proxy', 'http_proxy', 'no_proxy']) delete process.env[name];
});

/** @returns the names that were asked for: of PCA, then of STS, whose role is in the CA's partition. */
async function hostsOf(t: TestContext, partition: string, region: string, environment: Readonly<Record<string, string>> = {}) {
  const proxy = await startFakeProxy(t, 'refuse');
  const restore = pointAt('', { ...keys, ...environment });
  for (const name of ['AWS_ENDPOINT_URL_ACM_PCA', 'AWS_ENDPOINT_URL_STS']) if (environment[name] === undefined) delete process.env[name];
  process.env['HTTPS_PROXY'] = `http://127.0.0.1:${proxy.port}`;
  const noToken = fail({ class: 'unauthorised', code: 'NoToken', message: '', operation: 'LoadCredentials' });
  const pca = makeAuthority({
    secrets: { read: () => Promise.resolve(succeed(undefined)) },
    tokens: { token: () => Promise.resolve(noToken) },
    processSessionName: 'pca-issuer',
    clock: makeFakeClock(Date.now()),
    logger,
    metrics: silentMetrics,
    limits: { throttled() {} },
    version: '1.2.3',
    permit: { holds: () => true },
  });
  const authority = readAuthorityArn(`arn:${partition}:acm-pca:${region}:123456789012:certificate-authority/11111111-2222-3333-4444-555555555555`) ?? assert.fail(partition);
  const accesses: readonly Access[] = [
    { ...accessAs({ kind: 'ambient', roles: [] }), authority },
    { ...accessAs({ kind: 'ambient', roles: [{ ...role, arn: `arn:${partition}:iam::123456789012:role/pca` }] }), authority },
  ];
  const told: string[] = [];
  for (const access of accesses) {
    const before = proxy.asked.length;
    const described = await pca.describe(access, never);
    assert.ok(!described.ok);
    told.push(proxy.asked[before] ?? described.failure.code);
  }
  pca.close();
  delete process.env['HTTPS_PROXY'];
  restore();
  return told;
}

const rows = [
  { partition: 'aws', region: 'us-east-1', plain: 'amazonaws.com', dual: 'api.aws' },
  { partition: 'aws-cn', region: 'cn-north-1', plain: 'amazonaws.com.cn', dual: 'api.amazonwebservices.com.cn' },
  { partition: 'aws-iso', region: 'us-iso-east-1', plain: 'c2s.ic.gov', dual: 'api.aws.ic.gov' },
  { partition: 'aws-iso-b', region: 'us-isob-east-1', plain: 'sc2s.sgov.gov', dual: 'api.aws.scloud' },
  { partition: 'aws-iso-e', region: 'eu-isoe-west-1', plain: 'cloud.adc-e.uk', dual: 'api.cloud-aws.adc-e.uk' },
  { partition: 'aws-iso-f', region: 'us-isof-south-1', plain: 'csp.hci.ic.gov', dual: 'api.aws.hci.ic.gov' },
  { partition: 'aws-eusc', region: 'eusc-de-east-1', plain: 'amazonaws.eu', dual: 'api.amazonwebservices.eu' },
] as const;

for (const { partition, region, plain, dual } of rows) {
  test(`${partition}: PCA and STS are called at their regional names, FIPS and dual-stack too`, async (t) => {
    assert.deepEqual(await hostsOf(t, partition, region), [`acm-pca.${region}.${plain}:443`, `sts.${region}.${plain}:443`]);
    assert.deepEqual(await hostsOf(t, partition, region, fips), [`acm-pca-fips.${region}.${plain}:443`, `sts-fips.${region}.${plain}:443`]);
    assert.deepEqual(await hostsOf(t, partition, region, dualStack), [`acm-pca.${region}.${dual}:443`, `sts.${region}.${dual}:443`]);
    assert.deepEqual(await hostsOf(t, partition, region, both), [`acm-pca-fips.${region}.${dual}:443`, `sts-fips.${region}.${dual}:443`]);
  });

  test(`${partition}: an endpoint of one service moves that service, a general one both`, async (t) => {
    const [pca, sts] = ['https://pca.test:8443', 'https://sts.test'];
    assert.deepEqual(await hostsOf(t, partition, region, { AWS_ENDPOINT_URL_ACM_PCA: pca }), ['pca.test:8443', `sts.${region}.${plain}:443`]);
    assert.deepEqual(await hostsOf(t, partition, region, { AWS_ENDPOINT_URL_STS: sts }), [`acm-pca.${region}.${plain}:443`, 'sts.test:443']);
    assert.deepEqual(await hostsOf(t, partition, region, { AWS_ENDPOINT_URL: 'https://all.test' }), ['all.test:443', 'all.test:443']);
    assert.deepEqual(await hostsOf(t, partition, region, { AWS_ENDPOINT_URL: 'https://all.test', AWS_ENDPOINT_URL_ACM_PCA: pca }), ['pca.test:8443', 'all.test:443']);
  });
}

test('aws-us-gov: the plain names are the FIPS names', async (t) => {
  const region = 'us-gov-west-1';
  const plain = [`acm-pca.${region}.amazonaws.com:443`, `sts.${region}.amazonaws.com:443`];
  assert.deepEqual(await hostsOf(t, 'aws-us-gov', region), plain);
  assert.deepEqual(await hostsOf(t, 'aws-us-gov', region, fips), plain);
  assert.deepEqual(await hostsOf(t, 'aws-us-gov', region, dualStack), [`acm-pca.${region}.api.aws:443`, `sts.${region}.api.aws:443`]);
});

test('an endpoint of one\'s own beside FIPS or dual-stack is refused by the SDK, and said so', async (t) => {
  for (const flags of [fips, dualStack]) {
    const [pca] = await hostsOf(t, 'aws-eusc', 'eusc-de-east-1', { ...flags, AWS_ENDPOINT_URL_ACM_PCA: 'https://pca.test' });
    assert.equal(pca, 'EndpointError');
  }
});
