import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { distribution, median, quantile } from './statistics.ts';

const numbers = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 200 });

test('quantiles of ten numbers are numbers of the ten', () => {
  const ten = [10, 9, 8, 7, 6, 5, 4, 3, 2, 1];
  assert.deepEqual([0.5, 0.9, 0.99, 1].map((share) => quantile(ten, share)), [5, 9, 10, 10]);
});

test('nothing has no quantile', () => {
  assert.equal(quantile([], 0.5), undefined);
  assert.equal(median([]), undefined);
});

test('a quantile is one of the numbers, at least the share does not exceed it, and it grows with the share', () => {
  fc.assert(
    fc.property(numbers, fc.double({ min: 0.01, max: 1, noNaN: true }), fc.double({ min: 0.01, max: 1, noNaN: true }), (values, one, two) => {
      const [low, high] = [quantile(values, Math.min(one, two)) ?? NaN, quantile(values, Math.max(one, two)) ?? NaN];
      assert.ok(values.includes(low) && low <= high);
      assert.ok(values.filter((value) => value <= low).length >= Math.min(one, two) * values.length - 1e-9);
    }),
  );
});

test('the order of the numbers does not matter, and they stay as they are', () => {
  const values = [3, 1, 2];
  assert.equal(median(values), 2);
  assert.deepEqual(values, [3, 1, 2]);
});

test('a distribution climbs from left to right and ends at 1, below it where some never ended', () => {
  fc.assert(
    fc.property(numbers, fc.nat({ max: 50 }), (values, never) => {
      const points = distribution(values, values.length + never);
      assert.ok(points.every((point, index) => index === 0 || (point.value >= (points[index - 1]?.value ?? 0) && point.share > (points[index - 1]?.share ?? 0))));
      assert.ok(Math.abs((points.at(-1)?.share ?? 0) - values.length / (values.length + never)) < 1e-12);
    }),
  );
});
