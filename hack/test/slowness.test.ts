import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeSlowness, slowness } from './slowness.ts';

test('a machine that is quick enough gets no more time, one with slow cores or a long line as much as it needs', () => {
  assert.equal(judgeSlowness({ workMs: 20, load: 0.5, cores: 2 }), 1);
  assert.equal(judgeSlowness({ workMs: 60, load: 2, cores: 2 }), 1);
  assert.equal(judgeSlowness({ workMs: 180, load: 1, cores: 2 }), 3);
  assert.equal(judgeSlowness({ workMs: 60, load: 10, cores: 2 }), 5);
  assert.ok(slowness() >= 1);
});
