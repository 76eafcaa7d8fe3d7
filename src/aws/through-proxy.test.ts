// Calls to AWS where HTTPS_PROXY names a proxy: what is sent, when, and what is said where it fails.
import assert from 'node:assert/strict';
import { setGlobalProxyFromEnv } from 'node:http';
import { createServer as createTlsServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { test, type TestContext } from 'node:test';
import { makeCertificate } from '../pki/test-certificates.ts';
import { fromInstanceMetadata } from '@aws-sdk/credential-providers';
import { makeFakeClock } from '../runtime/fake-clock.ts';
import { keepMetadataDirect } from './agents.ts';
import { toFailure } from './errors.ts';
import { json, pointAt, startFakeAws } from './fake-aws.ts';
import { startFakeProxy, type FakeProxy, type ProxyBehaviour } from './fake-proxy.ts';
import { defaultTimeouts, makeHttpHandler } from './http-handler.ts';

const root = makeCertificate({ subject: 'root', isCA: true });
const server = makeCertificate({ subject: 'aws.test', sans: [{ kind: 'dns', value: 'aws.test' }, { kind: 'ip', value: '0.0.0.0' }], issuer: root });
// What NODE_EXTRA_CA_CERTS does at the start of a process.
setDefaultCACertificates([...getCACertificates('default'), root.pem]);

interface Stage {
  readonly behaviour: ProxyBehaviour | 'pass';
  readonly noProxy?: string;
  readonly leads?: () => boolean;
}

async function startTls(t: TestContext, paths: string[]): Promise<number> {
  const key = server.key.privateKey.export({ type: 'pkcs8', format: 'pem' });
  const tls: Server = createTlsServer({ key, cert: server.pem }, (request, response) => {
    paths.push(request.url ?? '');
    request.resume().on('end', () => response.end('{}'));
  });
  await new Promise<void>((resolve) => tls.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    tls.close();
    tls.closeAllConnections();
  });
  return (tls.address() as AddressInfo).port;
}

async function stage(t: TestContext, { behaviour, noProxy = '', leads = () => true }: Stage) {
  const paths: string[] = [];
  const tlsPort = await startTls(t, paths);
  const proxy = await startFakeProxy(t, behaviour === 'pass' ? { to: tlsPort } : behaviour);
  const clock = makeFakeClock();
  const environment = { HTTPS_PROXY: `http://me:hush@127.0.0.1:${proxy.port}`, NO_PROXY: noProxy };
  const handler = makeHttpHandler(defaultTimeouts, { clock, permit: { holds: leads }, environment });
  t.after(() => handler.destroy());
  const call = (hostname = 'aws.test', port = 443) => handler.handle({ method: 'POST', protocol: 'https:', hostname, port, path: '/', headers: { 'content-length': '1' }, body: 'x' });
  return { clock, call, proxy, paths, tlsPort };
}

async function failureOf(call: Promise<unknown>) {
  const error = await call.then(() => assert.fail('it was answered'), (reason: unknown) => reason);
  return { ...toFailure(error, { operation: 'IssueCertificate' }), wasSent: (error as { wasSent?: boolean }).wasSent };
}

function nameOf({ port }: FakeProxy): string {
  return `http://127.0.0.1:${port}`;
}

test('a call goes through the tunnel of the proxy, and the next one through the same', async (t) => {
  const { call, proxy, paths } = await stage(t, { behaviour: 'pass' });
  for (let calls = 0; calls < 3; calls++) assert.equal((await call()).response.statusCode, 200);
  assert.deepEqual([proxy.asked, paths], [['aws.test:443'], ['/', '/', '/']]);
  assert.deepEqual(proxy.credentials, [`Basic ${Buffer.from('me:hush').toString('base64')}`]);
});

test('a tunnel that stands is not closed when the time to make one is over', async (t) => {
  const { call, clock, proxy } = await stage(t, { behaviour: 'pass' });
  await call();
  await clock.advance(5_000);
  await call();
  assert.equal(proxy.asked.length, 1);
});

test('what NO_PROXY names does not go through the proxy', async (t) => {
  const { call, proxy, paths, tlsPort } = await stage(t, { behaviour: 'refuse', noProxy: '0.0.0.0' });
  assert.equal((await call('0.0.0.0', tlsPort)).response.statusCode, 200);
  assert.deepEqual([proxy.asked, paths], [[], ['/']]);
});

test('a proxy that refuses is a transient failure, which names the proxy and nobody\'s password', async (t) => {
  const { call, proxy } = await stage(t, { behaviour: 'refuse' });
  assert.deepEqual(await failureOf(call()), {
    class: 'transient',
    code: 'ERR_PROXY_TUNNEL',
    message: `the proxy does not connect us to the endpoint; the way there leads through the proxy ${nameOf(proxy)} (it answers HTTP 502)`,
    operation: 'IssueCertificate',
    wasSent: false,
  });
  await proxy.emptied();
});

test('a proxy that is not there is named too', async (t) => {
  const handler = makeHttpHandler(defaultTimeouts, { clock: makeFakeClock(), permit: { holds: () => true }, environment: { https_proxy: 'http://me:hush@127.0.0.1:1' } });
  t.after(() => handler.destroy());
  const failure = await failureOf(handler.handle({ method: 'POST', protocol: 'https:', hostname: 'aws.test', path: '/', headers: {}, body: 'x' }));
  assert.deepEqual([failure.class, failure.code, failure.wasSent], ['transient', 'ECONNREFUSED', false]);
  assert.equal(failure.message, 'the endpoint refuses connections; the way there leads through the proxy http://127.0.0.1:1');
});

test('a proxy that hangs, before the tunnel or in it, has three seconds, and its connection is closed', async (t) => {
  for (const behaviour of ['hang', 'mute'] as const) {
    const { call, clock, proxy } = await stage(t, { behaviour });
    const failed = failureOf(call());
    await proxy.heard(1);
    await clock.advance(3_000);
    const failure = await failed;
    assert.deepEqual([failure.class, failure.code, failure.wasSent], ['transient', 'ConnectTimeout', false], behaviour);
    assert.match(failure.message, new RegExp(nameOf(proxy)));
    await proxy.emptied();
  }
});

test('a process that lost the lease while the tunnel was made sends nothing through it', async (t) => {
  let leads = true;
  const { call, paths, proxy } = await stage(t, { behaviour: 'pass', leads: () => leads });
  const failed = failureOf(call());
  await proxy.heard(1);
  leads = false;
  const failure = await failed;
  assert.deepEqual([failure.code, failure.wasSent, paths], ['NotLeader', false, []]);
});

test('a variable that names no HTTP proxy makes every call fail with its name, and nothing is sent past it', async (t) => {
  const handler = makeHttpHandler(defaultTimeouts, { clock: makeFakeClock(), permit: { holds: () => true }, environment: { HTTPS_PROXY: 'socks5://me:hush@proxy:1080' } });
  t.after(() => handler.destroy());
  const failure = await failureOf(handler.handle({ method: 'POST', protocol: 'https:', hostname: 'aws.test', path: '/', headers: {}, body: 'x' }));
  assert.deepEqual([failure.class, failure.code], ['misconfigured', 'UnusableProxy']);
  assert.match(failure.message, /^HTTPS_PROXY is not/);
});

test('an endpoint of plain HTTP is reached through HTTP_PROXY', async (t) => {
  const aws = await startFakeAws();
  const restore = pointAt(aws.url, {});
  t.after(() => (restore(), aws.close()));
  aws.script('', json({ fine: true }));
  const proxy = await startFakeProxy(t, { to: Number(new URL(aws.url).port) });
  const handler = makeHttpHandler(defaultTimeouts, { clock: makeFakeClock(), permit: { holds: () => true }, environment: { HTTP_PROXY: `http://127.0.0.1:${proxy.port}` } });
  t.after(() => handler.destroy());
  const { response } = await handler.handle({ method: 'POST', protocol: 'http:', hostname: 'aws.test', path: '/', headers: { 'content-length': '1' }, body: 'x' });
  assert.equal(Buffer.from(response.body).toString(), '{"fine":true}');
  assert.deepEqual(proxy.asked, ['http://aws.test/']);
});

test('the instance\'s metadata service is asked without a proxy, even under NODE_USE_ENV_PROXY', async (t) => {
  const metadata = await startFakeAws();
  const restore = pointAt('', { AWS_EC2_METADATA_DISABLED: 'false', AWS_EC2_METADATA_SERVICE_ENDPOINT: metadata.url.replace('127.0.0.1', '0.0.0.0') });
  const proxy = await startFakeProxy(t, 'refuse');
  // What that variable does at the start of a process.
  const undo = setGlobalProxyFromEnv({ HTTP_PROXY: `http://127.0.0.1:${proxy.port}` });
  t.after(() => (undo(), restore(), metadata.close()));
  await assert.rejects(fromInstanceMetadata({ timeout: 60_000 })());
  assert.ok(proxy.asked.length > 0, 'the SDK does not use the global agent any more');
  const before = proxy.asked.length;
  keepMetadataDirect();
  await assert.rejects(fromInstanceMetadata({ timeout: 60_000 })());
  assert.deepEqual([proxy.asked.length, metadata.calls.length > 0], [before, true]);
});
