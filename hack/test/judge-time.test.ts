import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeTime } from './judge-time.ts';

test('a lane is left out where building and running it would take longer than what is left, and the sentence says how much that is', () => {
  const limitSeconds = 57 * 60;
  assert.equal(judgeTime({ limitSeconds, spentSeconds: 600, buildSeconds: 600, runSeconds: 300 }), undefined);
  assert.equal(judgeTime({ limitSeconds: Infinity, spentSeconds: 1e6, buildSeconds: 1e6, runSeconds: 1e6 }), undefined);
  assert.equal(judgeTime({ limitSeconds, spentSeconds: 3_000, buildSeconds: 335, runSeconds: 270 }), 'It takes 6 minutes to build and 5 minutes, and 7 of 57 are left.');
  assert.equal(judgeTime({ limitSeconds, spentSeconds: 4_000, buildSeconds: 0, runSeconds: 270 }), 'It takes 5 minutes, and 0 of 57 are left.');
  assert.equal(judgeTime({ limitSeconds, spentSeconds: 1_500, buildSeconds: 335, runSeconds: 270, slowness: 4 }), 'It takes 23 minutes to build and 18 minutes, and 32 of 57 are left.');
});
