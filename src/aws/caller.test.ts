import assert from 'node:assert/strict';
import { test } from 'node:test';
import { succeed } from '../domain/failure.ts';
import { makeFakeClock } from '../runtime/fake-clock.ts';
import { silentMetrics } from '../runtime/fake-metrics.ts';
import type { Logger } from '../runtime/ports.ts';
import { makeCall } from './caller.ts';
import type { Lease } from './clients.ts';
import { ambient } from './test-access.ts';

const { signal } = new AbortController();
const logger: Logger = { debug() {}, info() {}, warn() {}, error() {}, with: () => logger };

function stage() {
  const told: string[] = [];
  const clock = makeFakeClock();
  const lease = { client: {}, credentials: () => Promise.resolve({}) } as unknown as Lease;
  const call = makeCall({
    clients: { acquire: () => Promise.resolve(succeed(lease)), drop: () => void told.push('dropped') },
    limits: { throttled: (_, operation) => void told.push(`throttled ${operation}`) },
    metrics: {
      ...silentMetrics,
      count: (_, labels) => void told.push(`${labels?.['operation']} ${labels?.['code']}`),
      observe: (_, seconds) => void told.push(`${seconds} s`),
      set: (name, value) => void (name === 'pca_issuer_aws_calls_in_flight' && told.push(`${value} in flight`)),
    },
    clock,
    logger,
    totalMs: 13_000,
  });
  return { call, told, clock };
}

const refusal = (name: string): Error => Object.assign(new Error('so it is'), { name, $fault: 'client', $metadata: { httpStatusCode: 400, requestId: 'test-request' }, $response: { statusCode: 400 } });

test('calls in flight are told as they begin and end, each with its time and its code', async () => {
  const { call, told, clock } = stage();
  const gate = Promise.withResolvers<string>();
  const begun = Promise.withResolvers<void>();
  const slow = call(ambient, 'GetCertificate', signal, () => (begun.resolve(), gate.promise));
  await begun.promise;
  assert.ok((await call(ambient, 'IssueCertificate', signal, () => Promise.resolve('one'))).ok);
  await clock.advance(2_500);
  gate.resolve('two');
  assert.deepEqual(await slow, succeed('two'));
  assert.deepEqual(told, ['1 in flight', '2 in flight', 'IssueCertificate ok', '0 s', '1 in flight', 'GetCertificate ok', '2.5 s', '0 in flight']);
});

test('a call that fails is not in flight any more, and throttling is told to the limits', async () => {
  const { call, told } = stage();
  const failed = await call(ambient, 'IssueCertificate', signal, () => Promise.reject(refusal('ThrottlingException')));
  assert.ok(!failed.ok && failed.failure.class === 'throttled');
  assert.equal(failed.failure.awsRequestId, 'test-request');
  assert.ok(told.includes('IssueCertificate ThrottlingException') && told.includes('throttled IssueCertificate'), told.join());
  assert.equal(told.at(-1), '0 in flight');
});
