import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeFakeClock } from '../runtime/fake-clock.ts';
import type { Logger } from '../runtime/ports.ts';
import { writeKubeconfig } from './fake-api-server.ts';
import { makeTransport } from './transport.ts';

const logger: Logger = { debug() {}, info() {}, warn() {}, error() {}, with: () => logger };

test('a call ends at its deadline even while its connection is still being made', async (t) => {
  const greeted = Promise.withResolvers<Socket>();
  // It takes the connection, and says nothing to the TLS greeting.
  const server = createServer((socket) => socket.on('error', () => {}).once('data', () => greeted.resolve(socket))).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const folder = mkdtempSync(join(tmpdir(), 'transport-test-'));
  const kubeconfigFile = join(folder, 'kubeconfig');
  writeFileSync(kubeconfigFile, writeKubeconfig(`https://127.0.0.1:${(server.address() as AddressInfo).port}`));
  const clock = makeFakeClock();
  const transport = makeTransport({ kubeconfigFile, clock, logger, userAgent: 'test' });
  t.after(async () => {
    await transport.close();
    (await greeted.promise).destroy();
    server.close();
    rmSync(folder, { recursive: true });
  });
  const asked = transport.request({ method: 'PUT', path: '/', body: {}, signal: new AbortController().signal, timeoutMs: 1_000 });
  await greeted.promise;
  await clock.advance(1_000);
  const answer = await asked;
  assert.ok(!answer.ok);
  assert.deepEqual([answer.failure.class, answer.failure.code], ['transient', 'Timeout']);
});
