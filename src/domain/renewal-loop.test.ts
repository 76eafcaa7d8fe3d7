import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { describeBackdating, describeLoop, longestWaitMs, nextOrderMs, withOrder, type Renewals } from './renewal-loop.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const quarter = 90 * day;
const start = Date.UTC(2026, 10, 22, 10);

/** What is remembered after orders at these instants. */
function after(instants: readonly number[], durationMs: number): Renewals {
  const renewals = instants.reduce<Renewals | undefined>((known, each) => withOrder(known, each, durationMs), undefined);
  assert.ok(renewals !== undefined);
  return renewals;
}

function waits(instants: readonly number[], durationMs: number): number {
  const renewals = after(instants, durationMs);
  return nextOrderMs(renewals, durationMs) - renewals.lastMs;
}

/** Orders as fast as a loop gets them, which asks again a second after each. */
function loopFor(ms: number, durationMs: number): readonly number[] {
  const orders = [start];
  for (;;) {
    const next = Math.max(nextOrderMs(after(orders.slice(-70), durationMs), durationMs), (orders.at(-1) ?? 0) + 1_000);
    if (next > start + ms) return orders;
    orders.push(next);
  }
}

const everySecond = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => start + index * 1_000);

test('the first certificate and five renewals at once are never made to wait', () => {
  for (let count = 1; count <= 5; count++) assert.equal(waits(everySecond(count), quarter), 0);
});

test('after that the wait doubles from a minute to an hour', () => {
  const found = Array.from({ length: 9 }, (_, index) => waits(everySecond(6 + index), quarter) / minute);
  assert.deepEqual(found, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
});

test('a short certificate never waits for more than a sixth of its duration', () => {
  assert.equal(waits(everySecond(60), hour), 10 * minute);
  assert.equal(waits(everySecond(60), 12 * minute), 2 * minute);
});

test('a loop costs six certificates in its first minute, thirteen in an hour, and then one an hour', () => {
  const orders = loopFor(2 * day, quarter);
  const before = (ms: number): number => orders.filter((each) => each < start + ms).length;
  assert.equal(before(minute), 6);
  assert.ok(before(hour) <= 13, `${before(hour)}`);
  assert.ok(before(2 * day) - before(day) <= 25, `${before(2 * day) - before(day)} on the second day`);
  assert.ok(before(2 * day) - before(day) >= 23);
});

test('a loop of one-hour certificates settles at six an hour', () => {
  const orders = loopFor(3 * day, hour);
  for (let from = hour; from < 3 * day; from += hour) {
    const count = orders.filter((each) => each >= start + from && each < start + from + hour).length;
    assert.ok(count >= 6 && count <= 8, `${count} in hour ${from / hour}`);
  }
});

test('an honest schedule never waits: renewals a sixth of the duration apart or more, and five that somebody asks for by hand', () => {
  const schedule = fc.record({
    durationMs: fc.integer({ min: hour, max: quarter }),
    gaps: fc.array(fc.double({ min: 1, max: 5.9, noNaN: true }), { minLength: 1, maxLength: 200 }),
    byHand: fc.array(fc.tuple(fc.nat(200), fc.integer({ min: 0, max: 10 * minute })), { maxLength: 5 }),
  });
  fc.assert(
    fc.property(schedule, ({ durationMs, gaps, byHand }) => {
      // Instants are whole milliseconds, as clocks tell them.
      const calm = gaps.map((gap) => Math.ceil(gap * Math.min(durationMs / 6, day)));
      for (const [at, gapMs] of byHand) calm.splice(at, 0, gapMs);
      let now = start;
      let known: Renewals | undefined;
      for (const gapMs of calm) {
        now += gapMs;
        if (known !== undefined) assert.ok(nextOrderMs(known, durationMs) <= now);
        known = withOrder(known, now, durationMs);
      }
    }),
  );
});

test('whoever asks whenever, however often: the next order comes within the longest wait, long before the last certificate ends', () => {
  fc.assert(
    fc.property(fc.integer({ min: minute, max: quarter }), fc.array(fc.integer({ min: 0, max: hour }), { minLength: 1, maxLength: 150 }), (durationMs, gaps) => {
      let now = start;
      const renewals = after(gaps.map((gap) => (now += gap)), durationMs);
      const waitMs = nextOrderMs(renewals, durationMs) - renewals.lastMs;
      assert.ok(waitMs >= 0 && waitMs <= longestWaitMs(durationMs) && waitMs <= durationMs / 6);
      assert.ok(renewals.hastyMs.length <= 64);
    }),
  );
});

test('a quiet day and all is forgotten', () => {
  assert.equal(waits([...everySecond(30), start + day + hour], quarter), 0);
});

test('the sentence says how often, since when, until when, why perhaps, and where to look', () => {
  const told = describeLoop({ namespace: 'istio-system', certificate: 'cacerts', durationMs: quarter, offsetMs: 15 * minute }, after(everySecond(7), quarter));
  assert.equal(
    told,
    'Certificate istio-system/cacerts renews again and again: 6 times since 2026-11-22T10:00:01Z, about every 1 s; its next certificate is ordered at 2026-11-22T10:02:06Z. Usual causes: spec.renewBefore close to the duration (90 days), another Certificate or controller that writes the same Secret, or one that deletes and makes it again. "kubectl describe certificate cacerts -n istio-system" says in its Events why each one was asked for',
  );
});

test('an offset as long as the duration is named as the cause', () => {
  const told = describeLoop({ namespace: 'a', certificate: 'b', durationMs: hour, offsetMs: 2 * hour }, after(everySecond(7), hour));
  assert.match(told, /The issuer's spec\.notBeforeOffset \(2 h\) is no shorter than the duration \(60 min\)/);
  assert.equal(describeBackdating(hour, hour - 1), undefined);
});
