import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeFakeClock } from '../runtime/fake-clock.ts';
import { makeFakeCalls } from './fake-calls.ts';
import { makeSecrets } from './secrets.ts';

const signal = new AbortController().signal;
const secret = { metadata: { resourceVersion: '7' }, data: { id: Buffer.from('AKIA☃').toString('base64'), odd: 3 } };

test('a Secret is read by name and decoded; one that is not there is undefined', async () => {
  const fake = makeFakeCalls((call) => (call.path.endsWith('/keys') ? secret : 404));
  const secrets = makeSecrets(fake, makeFakeClock());
  const found = await secrets.read('apps', 'keys', signal);
  assert.deepEqual(found, { ok: true, value: { resourceVersion: '7', data: { id: 'AKIA☃', odd: '' } } });
  assert.equal(fake.calls[0]?.path, '/api/v1/namespaces/apps/secrets/keys');
  assert.deepEqual(await secrets.read('apps', 'none', signal), { ok: true, value: undefined });
});

test('a copy serves for ten seconds, counted from the question, and is then gone from memory', async () => {
  const clock = makeFakeClock();
  const fake = makeFakeCalls(() => secret);
  const secrets = makeSecrets(fake, clock);
  await secrets.read('apps', 'keys', signal);
  await clock.advance(9_999);
  await secrets.read('apps', 'keys', signal);
  assert.equal(fake.calls.length, 1);
  await clock.advance(1);
  assert.equal(clock.pending, 0);
  await secrets.read('apps', 'keys', signal);
  assert.equal(fake.calls.length, 2);
});

test('who asks while a reading is under way shares it, and may leave without ending it', async () => {
  let answer = (_body: object): void => {};
  const fake = makeFakeCalls(() => new Promise<object>((resolve) => (answer = resolve)));
  const secrets = makeSecrets(fake, makeFakeClock());
  const abort = new AbortController();
  const [first, second] = [secrets.read('apps', 'keys', abort.signal), secrets.read('apps', 'keys', signal)];
  abort.abort();
  const left = await first;
  assert.equal(!left.ok && left.failure.code, 'AbortError');
  answer(secret);
  assert.equal((await second).ok, true);
  assert.equal(fake.calls.length, 1);
});

test('neither a failure nor an absence is remembered', async () => {
  const clock = makeFakeClock();
  const answers = [500, 404, secret];
  const fake = makeFakeCalls(() => answers.shift() ?? 500);
  const secrets = makeSecrets(fake, clock);
  assert.equal((await secrets.read('apps', 'keys', signal)).ok, false);
  assert.deepEqual(await secrets.read('apps', 'keys', signal), { ok: true, value: undefined });
  const found = await secrets.read('apps', 'keys', signal);
  assert.equal(found.ok && found.value?.resourceVersion, '7');
});

test('many Secrets do not grow the memory: the oldest copies give way', async () => {
  const fake = makeFakeCalls(() => secret);
  const secrets = makeSecrets(fake, makeFakeClock());
  for (let i = 0; i < 70; i++) await secrets.read('apps', `keys-${i}`, signal);
  await secrets.read('apps', 'keys-69', signal);
  assert.equal(fake.calls.length, 70);
  await secrets.read('apps', 'keys-0', signal);
  assert.equal(fake.calls.length, 71);
});
