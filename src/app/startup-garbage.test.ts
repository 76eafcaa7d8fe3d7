import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collectStartupGarbage } from './startup-garbage.ts';

test('what nobody holds is gone afterwards', async () => {
  const gone = new FinalizationRegistry<string>((name) => void names.push(name));
  const names: string[] = [];
  gone.register({ some: 'thing' }, 'garbage');
  // A turn of the event loop lets go of what this one still refers to, another one tells.
  await new Promise(setImmediate);
  collectStartupGarbage();
  await new Promise(setImmediate);
  assert.deepEqual(names, ['garbage']);
});
