import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeSigningTimes, type SigningTimes } from './signing-times.ts';

/** Certificates that take so long, each first looked at when expected, or later by `delayMs`. @returns the share that needed a second look, and the mean wait beyond the signing. */
function sign(times: SigningTimes, count: number, signingMs: () => number, delayMs = 0): { readonly again: number; readonly waitMs: number } {
  let again = 0;
  let waitMs = 0;
  for (let number = 0; number < count; number++) {
    const lookMs = times.expected('ca') + delayMs;
    const tookMs = signingMs();
    if (lookMs < tookMs) {
      again++;
      times.tooSoon('ca', { afterMs: lookMs, number: 1 });
    } else {
      waitMs += lookMs - tookMs;
      times.inTime('ca', { afterMs: lookMs, number: 1 });
    }
  }
  return { again: again / count, waitMs: waitMs / count };
}

test('after a few certificates the first look comes when the certificate is there, and hardly later', () => {
  const times = makeSigningTimes();
  sign(times, 20, () => 1_500);
  const { again, waitMs } = sign(times, 200, () => 1_500);
  assert.ok(again < 0.25, `${again} needed a second look`);
  assert.ok(waitMs < 150, `${waitMs} ms too late`);
});

test('signing that takes now longer, now shorter needs a second look for one certificate in four at most', () => {
  const times = makeSigningTimes();
  let number = 0;
  const signingMs = (): number => 1_000 + ((number++ * 379) % 1_000);
  sign(times, 50, signingMs);
  assert.ok(sign(times, 400, signingMs).again < 0.25);
});

test('looks that are late for other reasons do not make the next ones later', () => {
  const times = makeSigningTimes();
  sign(times, 20, () => 1_500);
  sign(times, 100, () => 1_500, 9_000);
  assert.ok(times.expected('ca') < 1_600, `${times.expected('ca')} ms`);
});

test('one pause of minutes moves the next look by a sixth, and a CA tells nothing of another', () => {
  const times = makeSigningTimes();
  sign(times, 20, () => 500);
  const before = times.expected('ca');
  sign(times, 1, () => 12 * 60_000);
  assert.ok(times.expected('ca') <= before * 1.16);
  assert.equal(times.expected('unknown'), 250);
});

test('a burst at a CA that has signed nothing yet: what one look finds, the others need not ask', () => {
  const times = makeSigningTimes();
  assert.equal(times.laterMs('ca', 250), 0);
  times.tooSoon('ca', { afterMs: 250, number: 1 });
  times.tooSoon('ca', { afterMs: 1_000, number: 4 });
  assert.equal(times.laterMs('ca', 400), 750);
  assert.equal(times.laterMs('ca', 1_150), 0);
  times.tooSoon('ca', { afterMs: 60_000, number: 9 });
  assert.equal(times.expected('ca'), 2_000);
  times.inTime('ca', { afterMs: 1_500, number: 5 });
  assert.equal(times.laterMs('ca', 400), 0);
  assert.ok(times.expected('ca') <= 1_500);
  times.tooSoon('ca', { afterMs: 9_000, number: 2 });
  assert.ok(times.expected('ca') <= 1_500, 'of a CA that is known only first looks tell');
});

test('it never falls to nothing, nor grows beyond ten seconds', () => {
  const times = makeSigningTimes();
  sign(times, 1_000, () => 0);
  assert.ok(times.expected('ca') >= 50);
  sign(times, 1_000, () => 60_000);
  assert.ok(times.expected('ca') <= 10_000);
});
