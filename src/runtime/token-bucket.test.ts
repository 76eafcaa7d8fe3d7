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

test('throttling lowers the rate at once, one time for all calls of a second; it is held for 10 s, then goes back to its start within minutes', async () => {
  const clock = makeFakeClock();
  const bucket = new TokenBucket({ clock, rate: 20, burst: 20, ceiling: 25 });
  for (let calls = 0; calls < 10; calls++) bucket.slowDown();
  assert.equal(bucket.rate, 14);
  assert.equal(bucket.take(), false, 'what was saved up is gone');
  const pass = async (ms: number): Promise<number> => {
    for (let passed = 0; passed < ms; passed += 1_000) {
      takeAll(bucket);
      await clock.advance(1_000);
    }
    takeAll(bucket);
    return bucket.rate;
  };
  assert.equal(await pass(9_000), 14);
  assert.ok(Math.abs((await pass(31_000)) - 17) < 0.2, `${bucket.rate}`);
  assert.ok((await pass(30_000)) >= 20);
  assert.ok((await pass(10 * minute)) > 24, 'and then slowly to the ceiling');
});

test('it does not fall below what passes: strays cost nothing, and a quota is found at once', async () => {
  for (const quota of [12, 3]) {
    const clock = makeFakeClock();
    const bucket = new TokenBucket({ clock, rate: 20, burst: 1, ceiling: 25 });
    let refused = 0;
    for (let second = 0; second < 60; second++) {
      for (let calls = 0, left = quota; calls < 40; calls++) {
        await clock.advance(25);
        if (bucket.take() && --left < 0) {
          refused++;
          bucket.slowDown();
        }
      }
    }
    assert.ok(bucket.rate > quota * 0.6 && bucket.rate < quota * 1.5, `${bucket.rate} for a quota of ${quota}`);
    assert.ok(refused < 120, `${refused} refused`);
  }
});

test('a storm is over for us minutes after its end, and one stray a minute leaves the rate near its start', async () => {
  const clock = makeFakeClock();
  const bucket = new TokenBucket({ clock, rate: 20, burst: 20, ceiling: 25 });
  for (let second = 0; second < 30; second++) {
    bucket.slowDown();
    await clock.advance(1_000);
  }
  assert.equal(bucket.rate, 1);
  await clock.advance(4 * minute);
  bucket.take();
  assert.equal(bucket.rate, 20);
  for (let minutes = 0; minutes < 30; minutes++) {
    bucket.slowDown();
    await clock.advance(minute);
  }
  bucket.take();
  assert.ok(bucket.rate > 15);
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

test('a clock that is set back after throttling does not hold the rate for longer', () => {
  let nowMs = 10 * 3_600_000;
  const bucket = new TokenBucket({ clock: { now: () => nowMs }, rate: 20, burst: 20, ceiling: 25 });
  bucket.slowDown();
  nowMs -= 3 * 3_600_000;
  bucket.take();
  nowMs += 5 * minute;
  bucket.take();
  assert.equal(bucket.rate, 20);
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

test('two who share a quota both get a good part of it, and leave little, wherever they are when they meet', () => {
  for (const met of [0, 3, 8]) {
    let nowMs = 0;
    const clock = { now: () => nowMs };
    const bucketOf = (rate: number, burst: number): TokenBucket => new TokenBucket({ clock, rate, burst, ceiling: rate * 1.25 });
    const quota = new TokenBucket({ clock, rate: 25, burst: 25, ceiling: 25 });
    const [early, late] = [bucketOf(20, 20), bucketOf(20, 20)];
    for (let times = 0; times < met; times++, nowMs += 1_000) late.slowDown();
    const passed = new Map([[early, 0], [late, 0]]);
    const call = (bucket: TokenBucket): void => {
      if (!bucket.take()) return;
      if (quota.take()) passed.set(bucket, (passed.get(bucket) ?? 0) + 1);
      else bucket.slowDown();
    };
    for (let turn = 0; turn < 30 * 60 * 40; turn++, nowMs += 25) for (const bucket of turn % 2 === 0 ? [early, late] : [late, early]) call(bucket);
    const [first = 0, second = 0] = [...passed.values()];
    assert.ok(first / (first + second) > 0.35 && first / (first + second) < 0.65, `${first} and ${second}`);
    assert.ok((first + second) / (30 * 60 * 25) > 0.75, `${first} and ${second} leave too much of the quota`);
  }
});
