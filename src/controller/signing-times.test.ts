import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeSigningTimes } from './signing-times.ts';

test('the first look follows what a CA took lately, each CA for itself', () => {
  const times = makeSigningTimes();
  for (let round = 0; round < 20; round++) times.learn('slow', 1_500);
  assert.ok(Math.abs(times.expected('slow') - 1_425) < 1);
  assert.ok(times.expected('unknown') < 300);
});

test('one pause of minutes does not delay the first look for long', () => {
  const times = makeSigningTimes();
  times.learn('a', 500);
  times.learn('a', 12 * 60_000);
  assert.ok(times.expected('a') < 4_000);
});
