import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeRandom } from '../fuzz/random.ts';
import { fitTrend } from './trend.ts';

const noise = makeRandom(1, 1);
const series = (count: number, valueAt: (index: number) => number) => Array.from({ length: count }, (_, index) => ({ atSeconds: index * 10, value: valueAt(index) }));
const chance = (): number => noise.below(1_000) / 1_000 - 0.5;

test('a straight line is found as it is', () => {
  const trend = fitTrend(series(361, (index) => 100 + index / 36)) ?? assert.fail();
  assert.ok(Math.abs(trend.perHour - 10) < 1e-9);
  assert.ok(Math.abs(trend.rise - 10) < 1e-9);
  assert.ok(trend.error < 1e-6);
});

test('noise on a level has no slope beyond its error', () => {
  const trend = fitTrend(series(361, () => 100 + chance() * 10)) ?? assert.fail();
  assert.ok(Math.abs(trend.perHour) < 3 * trend.error, JSON.stringify(trend));
});

test('a leak under noise is found', () => {
  const trend = fitTrend(series(361, (index) => 100 + index / 36 + chance() * 10)) ?? assert.fail();
  assert.ok(trend.perHour - 2 * trend.error > 5, JSON.stringify(trend));
});

test('a saw-tooth, whose neighbours resemble each other, makes the line less sure', () => {
  const saw = fitTrend(series(360, (index) => (index % 90) / 9)) ?? assert.fail();
  const shuffled = fitTrend(series(360, (index) => ((index * 47) % 90) / 9)) ?? assert.fail();
  assert.ok(saw.error > 3 * shuffled.error, `${saw.error} and ${shuffled.error}`);
});

test('too few points say nothing', () => {
  assert.equal(fitTrend(series(3, () => 1)), undefined);
  assert.equal(fitTrend(Array.from({ length: 9 }, () => ({ atSeconds: 1, value: 1 }))), undefined);
});
