import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { makeFakeClock } from '../runtime/fake-clock.ts';
import type { Logger } from '../runtime/ports.ts';
import { startFakeApiServer, statusOf } from './fake-api-server.ts';
import type { Watch } from './combine-watches.ts';
import { failureOfException } from './errors.ts';
import { makeTransport } from './transport.ts';
import { watchIssuers } from './watch-issuers.ts';
import { watchRequests } from './watch-requests.ts';

const group = 'awspca.cert-manager.io';
const requestsPath = '/apis/cert-manager.io/v1/certificaterequests';

const ours = (ready?: object) => ({
  spec: { issuerRef: { group, kind: 'AWSPCAIssuer', name: 'i' } },
  status: { conditions: ready === undefined ? [] : [{ type: 'Ready', ...ready }] },
});
const foreign = { spec: { issuerRef: { group: 'example.org', kind: 'AWSPCAIssuer', name: 'i' } } };

async function makeScene(t: TestContext, path: string) {
  const server = await startFakeApiServer(path);
  const clock = makeFakeClock();
  const told: string[] = [];
  const logged: string[] = [];
  const log = (message: string) => void logged.push(message);
  const logger: Logger = { debug: log, info: log, warn: log, error: log, with: () => logger };
  const transport = makeTransport({ kubeconfigFile: server.kubeconfigFile, clock, logger, userAgent: 'test' });
  const abort = new AbortController();
  const run = (watch: Watch): void => {
    const running = watch.run(abort.signal);
    t.after(async () => {
      abort.abort();
      await running;
      await transport.close();
      await server.close();
    });
  };
  const until = (what: string, isSo: () => boolean): Promise<void> => clock.advanceUntil(what, isSo, 25_000);
  return { server, clock, told, logged, logger, transport, run, until };
}

async function makeRequestScene(t: TestContext) {
  const scene = await makeScene(t, requestsPath);
  const watch = watchRequests({
    ...scene,
    group,
    onChange: (key, request) => scene.told.push(`${key.namespace}/${key.name} ${request.uid} ${request.isTerminal ? 'done' : 'open'}`),
    onGone: (key) => scene.told.push(`${key.namespace}/${key.name} gone`),
  });
  return { ...scene, watch };
}

test('requests are told with their uid, and whether anything is left to do', async (t) => {
  const { server, told, watch, run, until } = await makeRequestScene(t);
  server.put('new', ours());
  server.put('waiting', ours({ status: 'False', reason: 'Pending' }));
  server.put('issued', ours({ status: 'True', reason: 'Issued' }));
  server.put('failed', ours({ status: 'False', reason: 'Failed' }));
  server.put('denied', ours({ status: 'False', reason: 'Denied' }));
  run(watch);
  await until('it watches', () => server.watching === 1);
  server.remove('new');
  await until('the removal is told', () => told.length === 6);
  assert.deepEqual(told, [
    'apps/new uid-new open',
    'apps/waiting uid-waiting open',
    'apps/issued uid-issued done',
    'apps/failed uid-failed done',
    'apps/denied uid-denied done',
    'apps/new gone',
  ]);
  assert.ok(watch.hasSynced);
  assert.equal(server.seen.length, 2);
  for (const { query } of server.seen) assert.equal(query.get('fieldSelector'), `spec.issuerRef.group=${group}`);
});

test('where the server does not know the field selector, foreign requests are left out here', async (t) => {
  const { server, told, logged, watch, run, until } = await makeRequestScene(t);
  server.put('ours', ours());
  server.put('foreign', foreign);
  server.queue('list', statusOf(400));
  run(watch);
  await until('it watches', () => server.watching === 1);
  server.put('foreign', foreign);
  server.remove('foreign');
  server.remove('ours');
  await until('the removal is told', () => told.length === 2);
  assert.deepEqual(told, ['apps/ours uid-ours open', 'apps/ours gone']);
  assert.deepEqual(server.seen.map(({ query }) => query.has('fieldSelector')), [true, false, false]);
  assert.match(logged.join('\n'), /does not know the field selector/);
});

test('a cert-manager that loses its field selector makes the watch filter by itself', async (t) => {
  const { server, told, watch, run, until } = await makeRequestScene(t);
  run(watch);
  await until('it watches', () => server.watching === 1);
  server.queue('watch', statusOf(400));
  server.queue('list', statusOf(400));
  server.breakConnections();
  await until('it watches again', () => server.watching === 1 && server.seen.length === 6);
  server.put('foreign', foreign);
  server.put('ours', ours());
  await until('ours is told', () => told.length === 1);
  assert.equal(server.seen.at(-1)?.query.has('fieldSelector'), false);
});

test('what is not done is told again about every ten minutes', async (t) => {
  const { server, clock, told, watch, run, until } = await makeRequestScene(t);
  server.put('new', ours());
  server.put('issued', ours({ status: 'True', reason: 'Issued' }));
  run(watch);
  await until('it has synced and watches', () => server.watching === 1);
  await clock.advance(539_999);
  assert.equal(told.length, 2);
  await clock.advance(120_001);
  assert.deepEqual(told.slice(2), ['apps/new uid-new open']);
});

test('with namespaces to watch, each has a watch of its own, and others are never asked about', async (t) => {
  const { server, clock, told, run, until, ...scene } = await makeScene(t, '/apis/cert-manager.io/v1/namespaces/apps/certificaterequests');
  server.put('ours', ours());
  const watch = watchRequests({
    ...scene,
    clock,
    group,
    namespaces: ['apps', 'closed'],
    onChange: (key) => told.push(`${key.namespace}/${key.name}`),
    onGone: () => {},
  });
  run(watch);
  assert.equal(watch.lastContactAt, undefined);
  await until('both were listed', () => watch.hasSynced);
  // The server knows one collection only, and answers 404 to all others.
  await until('one watches', () => server.watching === 1);
  assert.equal(watch.lastContactAt, undefined, 'of the other nothing good was heard');
  assert.deepEqual(told, ['apps/ours']);
  await clock.advance(661_000);
  assert.deepEqual(told, ['apps/ours', 'apps/ours'], 'what is not done is told again');
});

test('with namespaces to watch, issuers of the namespaced kind are seen there, and cluster issuers as ever', async (t) => {
  const asked: string[] = [];
  const { clock, logger, run, until } = await makeScene(t, '/');
  const transport = {
    async request({ path }: { readonly path: string }) {
      asked.push(path);
      return { ok: true as const, value: { status: 200, body: { metadata: { resourceVersion: '1' }, items: [] } } };
    },
    stream: async () => ({ ok: false as const, failure: failureOfException('GET', new Error('no watch today')) }),
  };
  const watch = watchIssuers({ transport, clock, logger, namespaces: ['apps', 'infra'], onChange() {}, onGone() {} });
  run(watch);
  await until('all were listed', () => watch.hasSynced);
  const root = `/apis/${group}/v1beta1`;
  assert.deepEqual(asked.toSorted(), [`${root}/awspcaclusterissuers`, `${root}/namespaces/apps/awspcaissuers`, `${root}/namespaces/infra/awspcaissuers`]);
});

test('a kind without a CRD has no issuers, is told once, and is found when its CRD comes', async (t) => {
  const { server, told, logged, run, until, ...scene } = await makeScene(t, `/apis/${group}/v1beta1/awspcaissuers`);
  server.put('early', { spec: { arn: 'arn:x' } });
  server.queue('list', statusOf(404), statusOf(404), statusOf(404));
  const watch = watchIssuers({
    ...scene,
    onChange: (issuer) => told.push(`${issuer.key.kind} ${issuer.key.namespace}/${issuer.key.name} ${issuer.spec.arn}`),
    onGone: (key) => told.push(`${key.kind} ${key.namespace}/${key.name} gone`),
  });
  run(watch);
  await until('both kinds were asked for', () => watch.hasSynced);
  assert.deepEqual(told, []);
  await until('the issuer is told', () => told.length === 1);
  await until('it watches', () => server.watching === 1);
  server.remove('early');
  await until('the removal is told', () => told.length === 2);
  assert.deepEqual(told, ['AWSPCAIssuer apps/early arn:x', 'AWSPCAIssuer apps/early gone']);
  assert.equal(logged.filter((message) => message.includes('does not have this kind')).length, 2, 'once for each kind');
});
