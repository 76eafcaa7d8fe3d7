import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeRequestMemories } from './request-memory.ts';

test('the oldest request that is not finished is known, and the next one once it is', () => {
  const memories = makeRequestMemories();
  assert.equal(memories.oldestSinceMs, undefined);
  memories.of('first', 1_000);
  memories.of('second', 2_000);
  memories.of('first', 3_000);
  assert.equal(memories.oldestSinceMs, 1_000);
  memories.forget('first');
  assert.equal(memories.oldestSinceMs, 2_000);
});
