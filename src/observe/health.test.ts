import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { makeFakeClock } from '../runtime/fake-clock.ts';
import type { Logger } from '../runtime/ports.ts';
import { leaderSane } from './health-checks.ts';
import { startHealthServer } from './health.ts';

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, with: () => silent };
const minuteMs = 60_000;

async function stage(t: TestContext) {
  const clock = makeFakeClock();
  const state = { isReady: false, lastContactAt: undefined as number | undefined, leads: false, holds: false };
  const server = await startHealthServer({
    probes: '127.0.0.1:0',
    metrics: '127.0.0.1:0',
    metricsText: () => Promise.resolve('one 1\n'),
    lastContactAt: () => state.lastContactAt,
    isReady: () => state.isReady,
    live: [leaderSane({ leads: () => state.leads, holds: () => state.holds, monotonicMs: () => clock.now() })],
    clock,
    logger: silent,
  });
  t.after(() => server.close());
  const get = async (path: string): Promise<string> => {
    const answered = await fetch(`${server.probesUrl}${path}`);
    return `${answered.status} ${await answered.text()}`;
  };
  return { clock, state, server, get };
}

test('readiness follows the caches, liveness does not', async (t) => {
  const { state, get } = await stage(t);
  assert.equal(await get('/readyz'), '503 [-] synced failed: the caches have not synced yet, or the process is stopping\nreadyz check failed\n');
  assert.equal(await get('/healthz'), '200 ok\n');
  assert.equal(await get('/livez'), '200 ok\n');
  state.isReady = true;
  assert.equal(await get('/readyz'), '200 ok\n');
  assert.equal(await get('/readyz/synced'), '200 ok\n');
});

test('a process that has not heard of the API server for more than 10 minutes is not alive', async (t) => {
  const { clock, state, get } = await stage(t);
  await clock.advance(10 * minuteMs);
  assert.equal(await get('/livez'), '200 ok\n');
  await clock.advance(minuteMs);
  assert.equal(await get('/livez'), '503 [-] watch failed: the API server was not heard of for 11 minutes\nlivez check failed\n');
  state.lastContactAt = clock.now();
  assert.equal(await get('/livez'), '200 ok\n');
  await clock.advance(11 * minuteMs);
  assert.match(await get('/healthz'), /^503 /);
  assert.equal(await get('/livez/ping'), '200 ok\n');
  assert.match(await get('/livez/watch'), /^503 /);
});

test('a leader that works on for more than 30 seconds after its lease is over is not alive; a standby without a lease is', async (t) => {
  const { clock, state, get } = await stage(t);
  await clock.advance(minuteMs);
  assert.equal(await get('/livez'), '200 ok\n');
  Object.assign(state, { leads: true, holds: true });
  await clock.advance(minuteMs);
  assert.equal(await get('/livez'), '200 ok\n');
  state.holds = false;
  assert.equal(await get('/livez/leader'), '200 ok\n');
  await clock.advance(30_000);
  assert.equal(await get('/livez/leader'), '200 ok\n');
  await clock.advance(1_000);
  assert.equal(await get('/livez'), '503 [-] leader failed: the lease has been over for 31 s, and the process has not ended\nlivez check failed\n');
  state.holds = true;
  assert.equal(await get('/livez'), '200 ok\n');
  Object.assign(state, { leads: false, holds: false });
  assert.equal(await get('/livez'), '200 ok\n');
});

test('each check of liveness has a path of its own', async (t) => {
  const { get } = await stage(t);
  for (const name of ['ping', 'event-loop', 'watch', 'leader']) assert.equal(await get(`/livez/${name}`), '200 ok\n');
  assert.match(await get('/livez/aws'), /^404 /);
});

test('?verbose lists every check', async (t) => {
  const { get } = await stage(t);
  assert.equal(await get('/livez?verbose'), '200 [+] ping ok\n[+] event-loop ok\n[+] watch ok\n[+] leader ok\nlivez check passed\n');
});

test('metrics have a server of their own', async (t) => {
  const { server, get } = await stage(t);
  const page = await fetch(`${server.metricsUrl}/metrics`);
  assert.equal(page.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
  assert.equal(await page.text(), 'one 1\n');
  assert.match(await get('/metrics'), /^404 /);
  assert.equal((await fetch(`${server.metricsUrl}/livez`)).status, 404);
});

test('where the metrics cannot be served, the probes are not left behind', async (t) => {
  const { server } = await stage(t);
  const taken = (server.metricsUrl ?? '').replace('http://', '');
  const options = { probes: '127.0.0.1:0', metrics: taken, metricsText: () => Promise.resolve(''), lastContactAt: () => undefined, isReady: () => true, clock: makeFakeClock(), logger: silent };
  await assert.rejects(startHealthServer(options), /cannot listen on/);
});
