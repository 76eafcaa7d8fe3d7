import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSelector } from '../domain/label-selector.ts';
import { makeFakeClock } from '../runtime/fake-clock.ts';
import { makeFakeCalls } from './fake-calls.ts';
import { makeNamespaces } from './namespaces.ts';

const signal = new AbortController().signal;
const named = (...names: readonly string[]) => names.map((name) => ({ metadata: { name } }));

test('labels are read by name, and serve for ten seconds; a namespace that is not there has none', async () => {
  const clock = makeFakeClock();
  const fake = makeFakeCalls(({ path }) => (path.endsWith('/apps') ? { metadata: { labels: { mesh: 'true' } } } : 404));
  const namespaces = makeNamespaces(fake, clock);
  for (let i = 0; i < 2; i++) assert.deepEqual(await namespaces.labels('apps', signal), { ok: true, value: { mesh: 'true' } });
  assert.deepEqual(fake.calls.map(({ path }) => path), ['/api/v1/namespaces/apps']);
  await clock.advance(10_000);
  await namespaces.labels('apps', signal);
  assert.equal(fake.calls.length, 2);
  assert.deepEqual(await namespaces.labels('none', signal), { ok: true, value: {} });
});

test('a refusal to read labels is a failure that names what was asked, and is asked again', async () => {
  const fake = makeFakeCalls(() => 403);
  const namespaces = makeNamespaces(fake, makeFakeClock());
  for (let i = 0; i < 2; i++) {
    const refused = await namespaces.labels('apps', signal);
    assert.ok(!refused.ok);
    assert.deepEqual([refused.failure.class, refused.failure.operation], ['unauthorised', 'GET namespaces']);
  }
  assert.equal(fake.calls.length, 2);
});

test('namespaces are counted by one page of one, and what the API server says remains', async () => {
  const answers = [
    { metadata: { continue: 'x', remainingItemCount: 22 }, items: named('a') },
    { metadata: {}, items: named('a') },
    { metadata: { continue: 'x' }, items: named('a') },
  ];
  for (const expected of [23, 1, undefined]) {
    const fake = makeFakeCalls(() => answers.shift() ?? 500);
    assert.deepEqual(await makeNamespaces(fake, makeFakeClock()).count(signal), { ok: true, value: expected });
    assert.deepEqual(fake.calls[0]?.query, { limit: 1 });
  }
  assert.equal((await makeNamespaces(makeFakeCalls(() => 403), makeFakeClock()).count(signal)).ok, false);
});

test('those that a selector selects are named, unless they are too many', async () => {
  const selector = readSelector({ matchLabels: { mesh: 'true' } });
  const fake = makeFakeCalls(() => ({ metadata: {}, items: named('a', 'b') }));
  assert.deepEqual(await makeNamespaces(fake, makeFakeClock()).selected(selector, signal), { ok: true, value: ['a', 'b'] });
  assert.deepEqual(fake.calls[0]?.query, { limit: 500, labelSelector: 'mesh in (true)' });
  const many = makeFakeCalls(() => ({ metadata: { continue: 'x' }, items: named('a') }));
  assert.deepEqual(await makeNamespaces(many, makeFakeClock()).selected(selector, signal), { ok: true, value: undefined });
});
