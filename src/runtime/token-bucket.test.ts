import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { makeFakeClock } from './fake-clock.ts';
import { TokenBucket } from './token-bucket.ts';

const minute = 60_000;

function takeAll(bucket: TokenBucket): number {
  let taken = 0;
  while (bucket.take()) taken++;
  return taken;
}

test('a burst is there at once, and then as many a second as the rate says', async () => {
  const clock = makeFakeClock();
  const bucket = new TokenBucket({ clock, rate: 20, burst: 20, ceiling: 20 });
  assert.equal(takeAll(bucket), 20);
  assert.equal(Math.round(bucket.waitMs), 50);
  await clock.advance(1_000);
  assert.equal(takeAll(bucket), 20);
  await clock.advance(60_000);
  assert.equal(takeAll(bucket), 20, 'no more is saved up than a burst');
});

test('where nobody complains, a rate that is all used climbs to the ceiling within half a minute', async () => {
  const clock = makeFakeClock();
  const bucket = new TokenBucket({ clock, rate: 20, burst: 20, ceiling: 25 });
  for (let passed = 0; passed < 30; passed++) {
    takeAll(bucket);
    await clock.advance(1_000);
  }
  assert.equal(bucket.rate, 25);
});

test('a rate that nobody needs does not climb', async () => {
  const clock = makeFakeClock();
  const bucket = new TokenBucket({ clock, rate: 20, burst: 20, ceiling: 25 });
  for (let passed = 0; passed < 100; passed++) {
    bucket.take();
    await clock.advance(1_000);
  }
  assert.equal(bucket.rate, 20);
});

test('throttling lowers the rate at once, one time for all calls of a second; it is held for 10 minutes, then climbs by one a minute', async () => {
  const clock = makeFakeClock();
  const bucket = new TokenBucket({ clock, rate: 20, burst: 20, ceiling: 25 });
  for (let calls = 0; calls < 10; calls++) bucket.slowDown();
  assert.equal(bucket.rate, 14);
  assert.equal(bucket.take(), false, 'what was saved up is gone');
  const use = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 1_000) {
      takeAll(bucket);
      await clock.advance(1_000);
    }
  };
  await use(10 * minute);
  takeAll(bucket);
  assert.ok(bucket.rate < 14.1, `${bucket.rate}`);
  await use(5 * minute);
  assert.ok(Math.abs(bucket.rate - 19) < 0.2, `${bucket.rate}`);
});

test('it never falls below one a second, or below the rate that was asked for', async () => {
  for (const [rate, lowest] of [[20, 1], [0.5, 0.5]] as const) {
    const clock = makeFakeClock();
    const bucket = new TokenBucket({ clock, rate, burst: 20, ceiling: 25 });
    for (let times = 0; times < 50; times++) {
      bucket.slowDown();
      await clock.advance(1_000);
    }
    assert.equal(bucket.rate, lowest);
  }
});

test('in no stretch of time are there more tokens than the burst and what the ceiling gives', async () => {
  const step = fc.record({ ms: fc.integer({ min: -2_000, max: 5_000 }), slows: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      let nowMs = 0;
      let passedMs = 0;
      const bucket = new TokenBucket({ clock: { now: () => nowMs }, rate: 10, burst: 5, ceiling: 12 });
      let taken = takeAll(bucket);
      for (const { ms, slows } of steps) {
        nowMs += ms;
        passedMs += Math.max(0, ms);
        if (slows) bucket.slowDown();
        taken += takeAll(bucket);
        assert.ok(taken <= 5 + (12 * passedMs) / 1_000 + 0.001, `${taken} in ${passedMs} ms`);
      }
    }),
  );
});

test('two who share a quota come to equal parts of it, wherever they start', async () => {
  const clock = makeFakeClock();
  const quota = new TokenBucket({ clock, rate: 25, burst: 25, ceiling: 25 });
  const [early, late] = [20, 3].map((rate) => new TokenBucket({ clock, rate, burst: 20, ceiling: 25 })) as [TokenBucket, TokenBucket];
  const call = (bucket: TokenBucket): void => {
    if (bucket.take() && !quota.take()) bucket.slowDown();
  };
  for (let passed = 0; passed < 4 * 60 * minute; passed += 25) {
    for (const bucket of passed % 50 === 0 ? [early, late] : [late, early]) call(bucket);
    await clock.advance(25);
  }
  const share = early.rate / (early.rate + late.rate);
  assert.ok(share > 0.35 && share < 0.65, `${early.rate} and ${late.rate}`);
  assert.ok(early.rate + late.rate > 12, `${early.rate} and ${late.rate} leave too much of the quota`);
});
