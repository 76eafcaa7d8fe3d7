import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { ticksWithin } from './time-axis.ts';

const dayMs = 86_400_000;
const labels = (from: string, to: string): string => ticksWithin({ startMs: Date.parse(from), endMs: Date.parse(to) }).map(({ label }) => label).join(' ');

test('marks are round: days, weeks, months and years, as fine as there is room for', () => {
  assert.equal(labels('2026-06-01', '2026-06-04'), '2 Jun 3 Jun');
  assert.equal(labels('2026-06-03', '2026-07-08'), '8 Jun 15 Jun 22 Jun 29 Jun 6 Jul');
  assert.equal(labels('2026-05-10', '2026-09-20'), 'Jun Jul Aug Sep');
  assert.equal(labels('2026-06-01', '2028-12-01'), '2027 Jul 2028 Jul');
  assert.equal(labels('2020-01-01', '2046-01-01'), '2025 2030 2035 2040');
});

test('however long the time, there are marks, not too many, and none at the edges', () => {
  fc.assert(
    fc.property(fc.integer({ min: Date.UTC(1971, 0), max: Date.UTC(2090, 0) }), fc.double({ min: Math.log(1.3 * dayMs), max: Math.log(400 * 365 * dayMs), noNaN: true }), (startMs, size) => {
      const spanMs = Math.exp(size);
      const shares = ticksWithin({ startMs, endMs: startMs + spanMs }).map(({ at }) => (at.getTime() - startMs) / spanMs);
      assert.ok(shares.length >= 1 && shares.length <= 7, shares.join());
      assert.deepEqual(shares, shares.toSorted((left, right) => left - right));
      assert.ok(shares.every((share) => share >= 0.0499 && share <= 0.9501), shares.join());
    }),
  );
});
