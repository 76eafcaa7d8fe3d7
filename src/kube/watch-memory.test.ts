// Invariant 14: memory does not grow with requests that are finished, nor with those of others.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { makeFakeClock } from '../runtime/fake-clock.ts';
import type { Logger } from '../runtime/ports.ts';
import { startFakeApiServer, statusOf } from './fake-api-server.ts';
import { liveHeap } from './live-heap.ts';
import { makeTransport } from './transport.ts';
import { watchRequests } from './watch-requests.ts';

const group = 'awspca.cert-manager.io';
const path = '/apis/cert-manager.io/v1/certificaterequests';
const logger: Logger = { debug() {}, info() {}, warn() {}, error() {}, with: () => logger };
const finished = { conditions: [{ type: 'Ready', status: 'True', reason: 'Issued' }] };
const specOf = (ofGroup: string) => ({ issuerRef: { group: ofGroup, kind: 'AWSPCAIssuer', name: 'issuer' } });

async function makeScene(t: TestContext) {
  const server = await startFakeApiServer(path, 250);
  const clock = makeFakeClock();
  const transport = makeTransport({ kubeconfigFile: server.kubeconfigFile, clock, logger, userAgent: 'test' });
  const abort = new AbortController();
  const told = { open: 0, finished: 0, gone: 0 };
  const watch = watchRequests({
    transport,
    clock,
    logger,
    group,
    onChange: (_key, { isTerminal }) => void (told[isTerminal ? 'finished' : 'open'] += 1),
    onGone: () => void (told.gone += 1),
  });
  let running: Promise<void> = Promise.resolve();
  t.after(async () => {
    abort.abort();
    await running;
    await transport.close();
    await server.close();
  });
  const until = (what: string, isSo: () => boolean): Promise<void> => clock.advanceUntil(what, isSo, 25_000);
  return { server, told, until, start: () => void (running = watch.run(abort.signal)), hasSynced: () => watch.hasSynced };
}

/** What is compiled and connected once is no growth. */
async function warmUp(t: TestContext): Promise<void> {
  const { server, until, start } = await makeScene(t);
  for (let count = 0; count < 1_000; count++) server.put(`finished-${count}`, { spec: specOf(group), status: finished });
  start();
  await until('it watches', () => server.watching === 1);
}

/** 150 bytes for each of ten thousand: less than the least that could be kept of one, more than what a test runner makes meanwhile. */
function assertUnchanged(before: number, after: number): void {
  assert.ok(after - before < 1_500_000, `the live heap grew by ${Math.round((after - before) / 1_000)} kB`);
}

test('ten thousand finished requests that are listed leave the live heap as it was', async (t) => {
  await warmUp(t);
  const { server, told, until, start } = await makeScene(t);
  server.put('open', { spec: specOf(group) });
  for (let count = 0; count < 10_000; count++) server.put(`finished-${count}`, { spec: specOf(group), status: finished });
  const before = await liveHeap();
  start();
  await until('it watches', () => server.watching === 1);
  assert.equal(told.finished, 10_000);
  assertUnchanged(before, await liveHeap());
});

test('three thousand requests of others leave it as it was too, where the API server cannot select', async (t) => {
  const { server, told, until, start } = await makeScene(t);
  for (let count = 0; count < 3_000; count++) server.put(`foreign-${count}`, { spec: specOf('example.org') });
  const before = await liveHeap();
  server.queue('list', statusOf(400));
  start();
  await until('it watches', () => server.watching === 1);
  assert.deepEqual(told, { open: 0, finished: 0, gone: 0 });
  assertUnchanged(before, await liveHeap());
});

test('requests that come, finish and go while it watches leave nothing behind', async (t) => {
  const { server, told, until, start, hasSynced } = await makeScene(t);
  start();
  await until('it watches', () => server.watching === 1 && hasSynced());
  const say = (serial: number, type: string, status: object): void => {
    const metadata = { namespace: 'apps', name: `r-${serial}`, uid: `uid-${serial}`, resourceVersion: `${1_000 + serial}`, creationTimestamp: '2026-01-01T00:00:00Z' };
    server.say(JSON.stringify({ type, object: { metadata, spec: specOf(group), status } }));
  };
  const live = async (first: number, count: number): Promise<void> => {
    for (let serial = first; serial < first + count; serial++) {
      say(serial, 'ADDED', {});
      say(serial, 'MODIFIED', finished);
      if (serial % 2 === 0) say(serial, 'DELETED', finished);
    }
    await until('all were told', () => told.finished === first + count);
  };
  await live(0, 500);
  const before = await liveHeap();
  await live(500, 10_000);
  assert.deepEqual(told, { open: 10_500, finished: 10_500, gone: 0 });
  assertUnchanged(before, await liveHeap());
});
