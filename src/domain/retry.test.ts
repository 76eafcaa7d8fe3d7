import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Failure, FailureClass } from './failure.ts';
import { pollDelayMs, retryDelayMs } from './retry.ts';

function failure(kind: FailureClass, retryAfterMs?: number): Failure {
  return { class: kind, code: 'x', message: 'x', operation: 'x', ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

test('an ambiguous call is repeated at 1, 2, 4, 8, 15, 30 s and then every 30 s', () => {
  const delays = Array.from({ length: 8 }, (_, attempt) => retryDelayMs(failure('ambiguous'), attempt, 0.99));
  assert.deepEqual(delays, [1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 30_000, 30_000]);
});

test('whatever an operator can cure is tried again within a minute, for ever', () => {
  for (const kind of ['throttled', 'transient', 'unauthorised', 'misconfigured', 'conflict'] as const) {
    fc.assert(
      fc.property(fc.nat(100_000), fc.double({ min: 0, max: 0.999, noNaN: true }), (attempt, random) => {
        const delay = retryDelayMs(failure(kind), attempt, random);
        assert.ok(delay > 0 && delay < 60_000, `${kind} ${delay}`);
      }),
    );
  }
});

test('the other side\'s Retry-After is obeyed', () => {
  assert.ok(retryDelayMs(failure('throttled', 45_000), 0, 0) >= 45_000);
});

test('a certificate is looked for every tenth of a second at first, and never further apart than six seconds', () => {
  assert.ok(pollDelayMs(0, 1, 0.5) <= 110);
  assert.ok(pollDelayMs(1_000_000, 9, 0.999) <= 6_000);
});

test('arguments that AWS refuses are tried again within half a minute for ten minutes, in case that clocks differ, then up to an hour apart', () => {
  const delays = Array.from({ length: 40 }, (_, attempt) => retryDelayMs(failure('unsuitable'), attempt, 0.5));
  let passedMs = 0;
  for (const delay of delays) {
    if (passedMs < 600_000) assert.ok(delay <= 30_000, `${delay} ms after ${passedMs} ms`);
    passedMs += delay;
  }
  assert.equal(delays.at(-1), 3_600_000);
});
