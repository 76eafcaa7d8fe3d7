import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pause } from './clock.ts';
import { makeFakeClock } from './fake-clock.ts';

test('timers run in order of time, and those of one instant in order of arming', async () => {
  const clock = makeFakeClock(0);
  const seen: string[] = [];
  clock.after(20, () => seen.push('c'));
  clock.after(10, () => seen.push('a'));
  clock.after(10, () => seen.push('b'));
  await clock.advance(15);
  assert.deepEqual(seen, ['a', 'b']);
  assert.equal(clock.now(), 15);
  assert.equal(clock.nextDelayMs, 5);
  await clock.advance(5);
  assert.deepEqual(seen, ['a', 'b', 'c']);
  assert.equal(clock.pending, 0);
});

test('a timer that is armed by another one runs within the same advance', async () => {
  const clock = makeFakeClock(0);
  const at: number[] = [];
  const again = (): void => {
    at.push(clock.now());
    clock.after(10, again);
  };
  clock.after(10, again);
  await clock.advance(35);
  assert.deepEqual(at, [10, 20, 30]);
});

test('promises settle between two timers', async () => {
  const clock = makeFakeClock(0);
  const seen: string[] = [];
  clock.after(10, () => void Promise.resolve().then(() => seen.push('promise of the first')));
  clock.after(20, () => seen.push('second'));
  await clock.advance(20);
  assert.deepEqual(seen, ['promise of the first', 'second']);
});

test('a cancelled timer never runs', async () => {
  const clock = makeFakeClock(0);
  clock.after(10, () => assert.fail('it ran')).cancel();
  assert.equal(await clock.advanceToNext(), false);
  await clock.advance(100);
});

test('a pause ends when its time has come', async () => {
  const clock = makeFakeClock(0);
  const paused = pause(clock, 1_000, new AbortController().signal);
  assert.equal(await clock.advanceToNext(), true);
  await paused;
  assert.equal(clock.now(), 1_000);
});

test('a pause ends at once on abort and leaves no timer behind', async () => {
  const clock = makeFakeClock(0);
  const abort = new AbortController();
  const paused = pause(clock, 1_000, abort.signal);
  abort.abort();
  await paused;
  await pause(clock, 1_000, abort.signal);
  assert.equal(clock.pending, 0);
});

test('waiting for something runs near timers and leaves far ones alone', async () => {
  const clock = makeFakeClock(0);
  let ran = 0;
  clock.after(1_000, () => ran++);
  clock.after(60_000, () => assert.fail('it was too far away'));
  await clock.advanceUntil('the near one ran', () => ran === 1, 25_000);
  assert.equal(clock.now(), 1_000);
});
