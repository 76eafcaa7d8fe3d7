import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { makeFakeClock } from '../runtime/fake-clock.ts';
import type { Logger } from '../runtime/ports.ts';
import { writeKubeconfig } from './fake-api-server.ts';
import { guardWrites } from './guard-writes.ts';
import { makeTransport } from './transport.ts';

const logger: Logger = { debug() {}, info() {}, warn() {}, error() {}, with: () => logger };
const { signal } = new AbortController();
const path = '/api/v1/namespaces/a/secrets/b';

/** @param leads asked each time before something is written. */
async function makeScene(t: TestContext, leads: () => boolean) {
  const heard: string[] = [];
  const server = createServer((request, response) => {
    heard.push(request.method ?? '');
    request.resume().on('end', () => response.end('{}'));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const folder = mkdtempSync(join(tmpdir(), 'guard-writes-test-'));
  const kubeconfigFile = join(folder, 'kubeconfig');
  writeFileSync(kubeconfigFile, writeKubeconfig(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  const transport = makeTransport({ kubeconfigFile, clock: makeFakeClock(), logger, userAgent: 'test' });
  t.after(async () => {
    await transport.close();
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });
  return { heard, transport, guarded: guardWrites(transport, { holds: leads }) };
}

test('a standby reads and watches, but its writes are conflicts that reach nobody', async (t) => {
  const { heard, guarded } = await makeScene(t, () => false);
  assert.ok((await guarded.request({ method: 'GET', path, signal })).ok);
  assert.ok((await guarded.stream({ path, signal })).ok);
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'] as const) {
    const written = await guarded.request({ method, path, body: {}, contentType: 'application/merge-patch+json', signal });
    assert.ok(!written.ok);
    assert.deepEqual([written.failure.class, written.failure.code], ['conflict', 'NotLeader']);
  }
  assert.deepEqual(heard, ['GET', 'GET']);
});

test('the lease is asked for when the connection stands, not when the write is begun', async (t) => {
  let leads = true;
  let asked = 0;
  const { heard, guarded } = await makeScene(t, () => (asked++, leads));
  const call = { method: 'PATCH', path, body: {}, contentType: 'application/merge-patch+json', signal } as const;
  const written = guarded.request(call);
  assert.equal(asked, 0);
  leads = false;
  assert.equal((await written).ok, false);
  leads = true;
  assert.ok((await guarded.request(call)).ok);
  assert.deepEqual([heard, asked], [['PATCH'], 2]);
});

test('the lease itself is written without being held', async (t) => {
  const { heard, transport } = await makeScene(t, () => false);
  assert.ok((await transport.request({ method: 'PUT', path, body: {}, signal })).ok);
  assert.deepEqual(heard, ['PUT']);
});
