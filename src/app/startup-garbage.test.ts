import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collectStartupGarbage } from './startup-garbage.ts';

test('what nobody holds is gone afterwards', async () => {
  const seen = new WeakRef({ some: 'thing' });
  // Who makes a WeakRef holds on to its object for a turn of the event loop.
  await new Promise(setImmediate);
  collectStartupGarbage();
  // A FinalizationRegistry would be told of it at some time, and on a busy machine late.
  assert.equal(seen.deref(), undefined);
});
