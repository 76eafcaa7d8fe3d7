import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readIssuer } from '../domain/issuer.ts';
import { readRequest } from '../domain/request.ts';
import { makeFakeClock } from '../runtime/fake-clock.ts';
import type { Logger } from '../runtime/ports.ts';
import { makeEvents } from './events.ts';
import { makeFakeCalls, type FakeCalls } from './fake-calls.ts';

const logger: Logger = { debug() {}, info() {}, warn() {}, error() {}, with: () => logger };
const metadata = { namespace: 'apps', name: 'web', uid: 'u1', resourceVersion: '7', creationTimestamp: '2026-01-01T00:00:00Z' };
const request = readRequest({ metadata })!;
const issuer = readIssuer('AWSPCAClusterIssuer', { metadata: { ...metadata, uid: 'u2' } })!;
const news = { type: 'Normal', reason: 'Issued', note: 'certificate issued' } as const;

function makeScene(answer: Parameters<typeof makeFakeCalls>[0] = () => ({})) {
  const clock = makeFakeClock(Date.parse('2026-03-04T05:06:07.890Z'));
  const fake = makeFakeCalls(answer);
  return { clock, fake, events: makeEvents({ transport: fake, clock, logger, instance: 'pod-1' }) };
}

const bodyOf = (fake: FakeCalls, nth = 0): Record<string, unknown> => fake.calls[nth]?.body as Record<string, unknown>;

test('an event says who tells what about whom, and when to the microsecond', async () => {
  const { clock, fake, events } = makeScene();
  events.tell(request, news);
  await clock.advance(0);
  assert.equal(fake.calls[0]?.path, '/apis/events.k8s.io/v1/namespaces/apps/events');
  assert.deepEqual(bodyOf(fake), {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { generateName: 'web-', namespace: 'apps' },
    eventTime: '2026-03-04T05:06:07.890000Z',
    reportingController: 'awspca.cert-manager.io/pca-issuer',
    reportingInstance: 'pod-1',
    action: 'Sign',
    reason: 'Issued',
    type: 'Normal',
    note: 'certificate issued',
    regarding: { apiVersion: 'cert-manager.io/v1', kind: 'CertificateRequest', namespace: 'apps', name: 'web', uid: 'u1', resourceVersion: '7' },
  });
});

test('an event may be about the Certificate that owns a request', async () => {
  const { clock, fake, events } = makeScene();
  events.tell({ key: { kind: 'Certificate', namespace: 'apps', name: 'web' }, uid: 'u3' }, news);
  await clock.advance(0);
  assert.deepEqual(bodyOf(fake)['regarding'], { apiVersion: 'cert-manager.io/v1', kind: 'Certificate', namespace: 'apps', name: 'web', uid: 'u3' });
  assert.equal(bodyOf(fake)['action'], 'Sign');
});

test('what another process has told already under the same name is not told again', async () => {
  const { clock, fake, events } = makeScene(() => 409);
  events.tell(request, { ...news, once: 'u7' });
  events.tell(request, { ...news, once: 'u7' });
  await clock.advance(0);
  assert.equal(fake.calls.length, 1);
  assert.deepEqual(bodyOf(fake)['metadata'], { name: 'web-u7', namespace: 'apps' });
});

test('an event about a cluster issuer lives in default', async () => {
  const { clock, fake, events } = makeScene();
  events.tell(issuer, { type: 'Warning', reason: 'Error', note: 'no' });
  await clock.advance(0);
  assert.equal(fake.calls[0]?.path, '/apis/events.k8s.io/v1/namespaces/default/events');
  assert.equal((bodyOf(fake)['regarding'] as Record<string, unknown>)['kind'], 'AWSPCAClusterIssuer');
});

test('a note is cut to 1024 bytes, between two characters', async () => {
  const { clock, fake, events } = makeScene();
  events.tell(request, { ...news, note: `x${'ä'.repeat(1_000)}` });
  await clock.advance(0);
  assert.equal(bodyOf(fake)['note'], `x${'ä'.repeat(511)}`);
});

test('the same thing about the same object is told again only after ten minutes', async () => {
  const { clock, fake, events } = makeScene();
  events.tell(request, news);
  events.tell(request, news);
  events.tell({ ...request, uid: 'namesake' }, news);
  events.tell(request, { ...news, note: 'other' });
  await clock.advance(599_999);
  events.tell(request, news);
  await clock.advance(0);
  assert.equal(fake.calls.length, 3);
  await clock.advance(1);
  events.tell(request, news);
  await clock.advance(0);
  assert.equal(fake.calls.length, 4);
});

test('what could not be told may be told again', async () => {
  const { clock, fake, events } = makeScene(() => 500);
  events.tell(request, news);
  await clock.advance(0);
  events.tell(request, news);
  await clock.advance(0);
  assert.equal(fake.calls.length, 2);
});

test('while the API server hangs, at most a hundred events wait', async () => {
  let answer = (): void => {};
  const { clock, fake, events } = makeScene(() => new Promise<object>((resolve) => (answer = () => resolve({}))));
  for (let i = 0; i < 300; i++) events.tell(request, { ...news, note: `number ${i}` });
  for (let i = 0; i < 300; i++) {
    answer();
    await clock.advance(0);
  }
  assert.equal(fake.calls.length, 101);
});
