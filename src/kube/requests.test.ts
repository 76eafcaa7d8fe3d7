import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failedStatus, issuedStatus, pendingStatus } from '../domain/conditions.ts';
import { readRequest, type Request } from '../domain/request.ts';
import { makeFakeClock } from '../runtime/fake-clock.ts';
import { makeFakeCalls } from './fake-calls.ts';
import { makeRequests } from './requests.ts';

const signal = new AbortController().signal;
const clock = makeFakeClock(Date.parse('2026-03-04T05:06:07.890Z'));
const path = '/apis/cert-manager.io/v1/namespaces/apps/certificaterequests/web';

function makeObject(ready?: object): object {
  return {
    metadata: { namespace: 'apps', name: 'web', uid: 'u1', resourceVersion: '7', creationTimestamp: '2026-03-04T05:00:00Z' },
    spec: { issuerRef: { group: 'awspca.cert-manager.io', kind: 'AWSPCAIssuer', name: 'i' } },
    status: { conditions: ready === undefined ? [] : [ready] },
  };
}

function makeRequest(ready?: object): Request {
  const request = readRequest(makeObject(ready));
  assert.ok(request);
  return request;
}

test('a request is read by its name; one that is not there is no failure', async () => {
  const there = makeFakeCalls(() => makeObject());
  const loaded = await makeRequests(there, clock).load({ namespace: 'apps', name: 'web' }, signal);
  assert.deepEqual(loaded, { ok: true, value: makeRequest() });
  assert.equal(there.calls[0]?.path, path);
  const gone = await makeRequests(makeFakeCalls(() => 404), clock).load({ namespace: 'apps', name: 'web' }, signal);
  assert.deepEqual(gone, { ok: true, value: undefined });
  const denied = await makeRequests(makeFakeCalls(() => 403), clock).load({ namespace: 'apps', name: 'web' }, signal);
  assert.equal(!denied.ok && denied.failure.class, 'unauthorised');
});

test('an annotation is a merge patch that names uid and resourceVersion, and null removes one', async () => {
  const fake = makeFakeCalls(() => makeObject());
  const result = await makeRequests(fake, clock).annotate(makeRequest(), { arn: 'x', old: null }, signal);
  assert.ok(result.ok);
  const [call] = fake.calls;
  assert.equal(call?.method, 'PATCH');
  assert.equal(call.path, path);
  assert.equal(call.contentType, 'application/merge-patch+json');
  assert.deepEqual(call.body, { metadata: { uid: 'u1', resourceVersion: '7', annotations: { arn: 'x', old: null } } });
});

test('an outcome is one apply of everything, in our name, guarded by resourceVersion', async () => {
  const fake = makeFakeCalls(() => makeObject());
  const result = await makeRequests(fake, clock).publish(makeRequest(), issuedStatus('leaf\n', 'root\n'), signal);
  assert.ok(result.ok);
  assert.equal(fake.calls.length, 1);
  const [call] = fake.calls;
  assert.equal(call?.method, 'PATCH');
  assert.equal(call.path, `${path}/status`);
  assert.equal(call.contentType, 'application/apply-patch+yaml');
  assert.deepEqual(call.query, { fieldManager: 'pca-issuer', force: true });
  assert.deepEqual(call.body, {
    apiVersion: 'cert-manager.io/v1',
    kind: 'CertificateRequest',
    metadata: { namespace: 'apps', name: 'web', uid: 'u1', resourceVersion: '7' },
    status: {
      conditions: [
        { type: 'Ready', status: 'True', reason: 'Issued', message: 'certificate issued', lastTransitionTime: '2026-03-04T05:06:07Z' },
      ],
      certificate: Buffer.from('leaf\n').toString('base64'),
      ca: Buffer.from('root\n').toString('base64'),
    },
  });
});

test('a failure carries its failureTime in whole seconds, and no certificate', async () => {
  const fake = makeFakeCalls(() => makeObject());
  await makeRequests(fake, clock).publish(makeRequest(), failedStatus('no', new Date(clock.now())), signal);
  const body = fake.calls[0]?.body as { status: object } | undefined;
  assert.deepEqual(Object.keys(body?.status ?? {}), ['conditions', 'failureTime']);
  assert.match(JSON.stringify(body), /"failureTime":"2026-03-04T05:06:07Z"/);
});

test('lastTransitionTime stays until the status flips', async () => {
  const fake = makeFakeCalls(() => makeObject());
  const requests = makeRequests(fake, clock);
  const waiting = makeRequest({ type: 'Ready', status: 'False', reason: 'Pending', lastTransitionTime: '2026-03-04T05:01:00Z' });
  await requests.publish(waiting, pendingStatus('still'), signal);
  await requests.publish(waiting, issuedStatus('leaf\n', ''), signal);
  const times = fake.calls.map(({ body }) => (body as { status: { conditions: Record<string, string>[] } }).status.conditions[0]?.['lastTransitionTime']);
  assert.deepEqual(times, ['2026-03-04T05:01:00Z', '2026-03-04T05:06:07Z']);
});

test('a request that changed, or is gone, is a conflict', async () => {
  for (const status of [409, 404]) {
    const requests = makeRequests(makeFakeCalls(() => status), clock);
    const published = await requests.publish(makeRequest(), pendingStatus('x'), signal);
    const annotated = await requests.annotate(makeRequest(), {}, signal);
    assert.equal(!published.ok && published.failure.class, 'conflict');
    assert.equal(!annotated.ok && annotated.failure.class, 'conflict');
  }
});

test('an answer that is no CertificateRequest is a failure', async () => {
  const result = await makeRequests(makeFakeCalls(() => ({})), clock).load({ namespace: 'apps', name: 'web' }, signal);
  assert.equal(!result.ok && result.failure.code, 'UnreadableObject');
});
