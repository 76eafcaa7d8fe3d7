import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outcome } from '../domain/outcome.ts';
import { approvedAt, aRequest } from '../domain/test-values.ts';
import { makeFakeClock } from '../runtime/fake-clock.ts';
import { makeRequestMemories } from './request-memory.ts';
import { longWaitMs, makeTellOwner } from './tell-owner.ts';

const owner = { key: { kind: 'Certificate', namespace: 'istio-system', name: 'cacerts' }, uid: 'certificate-uid' } as const;
const waiting: Outcome = { kind: 'waiting', reason: 'IssuerNotReady', message: 'issuer is not ready', afterMs: 60_000 };

function stage(request = aRequest({ owner })) {
  const clock = makeFakeClock(approvedAt.getTime());
  const memories = makeRequestMemories();
  memories.of(request.uid, clock.now());
  const told: string[] = [];
  const tellOwner = makeTellOwner({ clock, memories, events: { tell: (about, { type, reason, note }) => void told.push(`${about.uid} ${type} ${reason}: ${note}`) } });
  return { clock, told, look: (outcome: Outcome = waiting) => tellOwner({ request, outcome, since: approvedAt }, request) };
}

test('a wait of five minutes is told to the owning Certificate once, with the sentence of the request', async () => {
  const { clock, told, look } = stage();
  assert.equal(look(), longWaitMs, 'the next look comes in time');
  await clock.advance(longWaitMs - 1_000);
  assert.equal(look(), 1_000);
  assert.deepEqual(told, []);
  await clock.advance(1_000);
  assert.equal(look(), undefined);
  await clock.advance(86_400_000);
  assert.equal(look({ kind: 'queued' }), undefined);
  assert.deepEqual(told, ['certificate-uid Warning RequestWaits: CertificateRequest cacerts-1 waits since 2026-11-22T10:00:05.000Z: issuer is not ready']);
});

test('a request that waits for its turn says so, and one that goes on says nothing', async () => {
  const { clock, told, look } = stage();
  await clock.advance(longWaitMs);
  assert.equal(look({ kind: 'polling', afterMs: 1_000 }), undefined);
  assert.deepEqual(told, []);
  look({ kind: 'queued' });
  assert.match(told.join(), /its turn to call AWS has not come/);
});

test('a request that no Certificate owns has nobody to tell', async () => {
  const { clock, told, look } = stage(aRequest());
  assert.equal(look(), undefined);
  await clock.advance(longWaitMs);
  look();
  assert.deepEqual(told, []);
});
