import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { exponential } from './backoff.ts';

test('delays double up to the cap and stay there', () => {
  const delays: number[] = [];
  let backoff = exponential({ firstMs: 500, capMs: 3_000, jitter: 0 });
  for (let i = 0; i < 5; i++, backoff = backoff.next()) delays.push(backoff.delayMs(0.9));
  assert.deepEqual(delays, [500, 1_000, 2_000, 3_000, 3_000]);
});

test('a back-off is a value: taking the next one leaves the former as it was', () => {
  const first = exponential({ firstMs: 100, factor: 3, capMs: 10_000, jitter: 0 });
  first.next().next();
  assert.equal(first.attempts, 0);
  assert.equal(first.delayMs(0), 100);
  assert.equal(first.next().delayMs(0), 300);
});

test('chance shortens a delay by at most its share, and no attempt count breaks the cap', () => {
  fc.assert(
    fc.property(fc.nat(5_000), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (attempts, random) => {
      let backoff = exponential({ firstMs: 500, capMs: 30_000, jitter: 0.5 });
      for (let i = 0; i < attempts; i++) backoff = backoff.next();
      const ms = backoff.delayMs(random);
      assert.ok(ms > 0 && ms <= 30_000 && ms >= 0.5 * Math.min(30_000, 500 * 2 ** attempts));
    }),
    { numRuns: 50 },
  );
});
