import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeFakeClock } from '../runtime/fake-clock.ts';
import { memoiseCredentials, type Credentials } from './credential-memo.ts';

const minuteMs = 60_000;

/** Each load is answered by hand. */
function scripted() {
  const clock = makeFakeClock();
  const loads: PromiseWithResolvers<Credentials>[] = [];
  const get = memoiseCredentials(() => {
    const load = Promise.withResolvers<Credentials>();
    loads.push(load);
    return load.promise;
  }, clock);
  const session = (name: string, lifeMs: number): Credentials => ({ accessKeyId: name, secretAccessKey: 's', expiration: new Date(clock.now() + lifeMs) });
  return { clock, loads, get, session };
}

test('many callers at once lead to one load', async () => {
  const { loads, get, session } = scripted();
  const all = Promise.all([get(), get(), get()]);
  loads[0]?.resolve(session('A', 60 * minuteMs));
  assert.deepEqual((await all).map(({ accessKeyId }) => accessKeyId), ['A', 'A', 'A']);
  await get();
  assert.equal(loads.length, 1);
});

test('credentials are refreshed five minutes before their end, while the old ones serve', async () => {
  const { clock, loads, get, session } = scripted();
  const first = get();
  loads[0]?.resolve(session('A', 60 * minuteMs));
  await first;
  await clock.advance(54 * minuteMs);
  await get();
  assert.equal(loads.length, 1);
  await clock.advance(2 * minuteMs);
  assert.equal((await get()).accessKeyId, 'A');
  assert.equal((await get()).accessKeyId, 'A');
  assert.equal(loads.length, 2);
  loads[1]?.resolve(session('B', 60 * minuteMs));
  await clock.advance(0);
  assert.equal((await get()).accessKeyId, 'B');
});

test('a refresh that fails is not felt until 30 seconds before the end, and is not repeated at every call', async () => {
  const { clock, loads, get, session } = scripted();
  const first = get();
  loads[0]?.resolve(session('A', 60 * minuteMs));
  await first;
  await clock.advance(56 * minuteMs);
  await get();
  loads[1]?.reject(new Error('STS is down'));
  await clock.advance(0);
  assert.equal((await get()).accessKeyId, 'A');
  assert.equal(loads.length, 2);
  await clock.advance(11_000);
  assert.equal((await get()).accessKeyId, 'A');
  assert.equal(loads.length, 3);
  loads[2]?.reject(new Error('STS is down'));
  await clock.advance(4 * minuteMs - 31_000);
  const last = get();
  loads[3]?.reject(new Error('STS is down'));
  await assert.rejects(last, /STS is down/);
});

test('short sessions are refreshed at half their life', async () => {
  const { clock, loads, get, session } = scripted();
  const first = get();
  loads[0]?.resolve(session('A', 4 * minuteMs));
  await first;
  await clock.advance(1.9 * minuteMs);
  await get();
  assert.equal(loads.length, 1);
  await clock.advance(0.2 * minuteMs);
  await get();
  assert.equal(loads.length, 2);
});

test('credentials without an end are kept, and a failed first load is tried again', async () => {
  const { clock, loads, get } = scripted();
  const first = get();
  loads[0]?.reject(new Error('not yet'));
  await assert.rejects(first, /not yet/);
  const second = get();
  loads[1]?.resolve({ accessKeyId: 'A', secretAccessKey: 's' });
  await second;
  await clock.advance(1_000 * 60 * minuteMs);
  await get();
  assert.equal(loads.length, 2);
});
