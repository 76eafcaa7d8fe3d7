import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeFakeCalls } from './fake-calls.ts';
import { makeLease } from './lease.ts';

const { signal } = new AbortController();
const place = { namespace: 'pca-issuer', name: 'b858308c.awspca.cert-manager.io' };
const path = '/apis/coordination.k8s.io/v1/namespaces/pca-issuer/leases/b858308c.awspca.cert-manager.io';
const record = { holder: 'pod-a_1', durationMs: 15_000, acquiredAtMs: Date.UTC(2026, 0, 1), renewedAtMs: Date.UTC(2026, 0, 2), transitions: 3 };
const spec = {
  holderIdentity: 'pod-a_1',
  leaseDurationSeconds: 15,
  acquireTime: '2026-01-01T00:00:00.000000Z',
  renewTime: '2026-01-02T00:00:00.000000Z',
  leaseTransitions: 3,
};
const object = { metadata: { resourceVersion: '7', labels: { team: 'a' } }, spec: { ...spec, strategy: 'OldestEmulationVersion' } };

test('a lease is read as client-go writes it, and what others wrote into it stays', async () => {
  const transport = makeFakeCalls(() => object);
  const lease = makeLease({ transport, ...place });
  const read = await lease.read(5_000, signal);
  assert.ok(read.kind === 'seen');
  assert.deepEqual(read.lease, { ...record, version: '7' });
  await lease.write({ ...record, holder: '' }, read.lease, 5_000, signal);
  const [, put] = transport.calls;
  assert.deepEqual([put?.method, put?.path, put?.timeoutMs], ['PUT', path, 5_000]);
  assert.deepEqual(put?.body, {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: place.name, namespace: 'pca-issuer', resourceVersion: '7', labels: { team: 'a' } },
    spec: { ...spec, holderIdentity: '', strategy: 'OldestEmulationVersion' },
  });
});

test('the first lease is created, under the name that aws-privateca-issuer uses', async () => {
  const transport = makeFakeCalls(() => object);
  await makeLease({ transport, ...place }).write(record, undefined, 5_000, signal);
  assert.deepEqual([transport.calls[0]?.method, transport.calls[0]?.path], ['POST', path.slice(0, path.lastIndexOf('/'))]);
  assert.deepEqual(transport.calls[0]?.body, { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: place, spec });
});

test('absent, taken and unreachable are told apart', async () => {
  const answers: readonly (readonly ['read' | 'write', number, string])[] = [
    ['read', 404, 'absent'],
    ['write', 404, 'conflict'],
    ['write', 409, 'conflict'],
    ['read', 403, 'failed'],
    ['write', 500, 'failed'],
  ];
  for (const [what, status, kind] of answers) {
    const lease = makeLease({ transport: makeFakeCalls(() => status), ...place });
    const over = { ...record, version: '7' };
    const answer = what === 'read' ? await lease.read(1_000, signal) : await lease.write(record, over, 1_000, signal);
    assert.equal(answer.kind, kind, `${what} ${status}`);
  }
});

test('an answer without a version is no lease: nothing would guard the next write', async () => {
  const answer = await makeLease({ transport: makeFakeCalls(() => ({ spec })), ...place }).read(1_000, signal);
  assert.equal(answer.kind, 'failed');
});
