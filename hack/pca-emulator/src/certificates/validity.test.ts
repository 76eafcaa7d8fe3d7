import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError } from '../wire/api-error.ts';
import { resolveValidity, type Validity } from './validity.ts';

const issuedAtMs = Date.parse('2026-01-31T10:20:30.456Z');
const limits = { issuedAtMs, authorityNotAfterMs: Date.parse('2036-01-01T00:00:00Z'), isShortLived: false, isCa: false };
const iso = (ms: number) => new Date(ms).toISOString();
const refusedWith = (message: RegExp) => (error: unknown) => error instanceof ApiError && error.code === 'ValidationException' && message.test(error.message);
const absolute = (text: string): Validity => ({ Type: 'ABSOLUTE', Value: Date.parse(text) / 1000 });

const ends: readonly (readonly [Validity, string])[] = [
  [{ Type: 'DAYS', Value: 1 }, '2026-02-01T10:20:30.000Z'],
  [{ Type: 'MONTHS', Value: 1 }, '2026-02-28T10:20:30.000Z'],
  [{ Type: 'YEARS', Value: 2 }, '2028-01-31T10:20:30.000Z'],
  [absolute('2026-01-31T10:20:40Z'), '2026-01-31T10:20:40.000Z'],
  [{ Type: 'END_DATE', Value: 20270102030405 }, '2027-01-02T03:04:05.000Z'],
  [{ Type: 'END_DATE', Value: 270102030405 }, '2027-01-02T03:04:05.000Z'],
];
for (const [validity, end] of ends) {
  test(`${validity.Type} ${validity.Value} ends at ${end}, and begins an hour before the issue`, () => {
    const { notBeforeMs, notAfterMs } = resolveValidity(validity, undefined, limits);
    assert.deepEqual([iso(notBeforeMs), iso(notAfterMs)], ['2026-01-31T09:20:30.000Z', end]);
  });
}

test('a two-digit year of 50 and more lies in the last century', () => {
  assert.throws(() => resolveValidity({ Type: 'END_DATE', Value: 500101000000 }, undefined, limits), refusedWith(/in the past/));
});

test('ValidityNotBefore replaces the hour and leaves the end where it was', () => {
  const dates = resolveValidity({ Type: 'DAYS', Value: 1 }, absolute('2026-01-31T10:05:00Z'), limits);
  assert.deepEqual([iso(dates.notBeforeMs), iso(dates.notAfterMs)], ['2026-01-31T10:05:00.000Z', '2026-02-01T10:20:30.000Z']);
});

test('ValidityNotBefore must be absolute, and before the end', () => {
  assert.throws(() => resolveValidity({ Type: 'DAYS', Value: 1 }, { Type: 'DAYS', Value: 1 }, limits), refusedWith(/ABSOLUTE/));
  assert.throws(() => resolveValidity({ Type: 'DAYS', Value: 1 }, absolute('2026-03-01T00:00:00Z'), limits), refusedWith(/ends before it begins/));
});

test('a leaf may end with its CA and not a second later', () => {
  const end = absolute('2036-01-01T00:00:00Z');
  assert.equal(resolveValidity(end, undefined, limits).notAfterMs, limits.authorityNotAfterMs);
  const later = { ...end, Value: end.Value + 1 };
  assert.throws(() => resolveValidity(later, undefined, limits), refusedWith(/^The certificate validity specified exceeds the certificate authority validity$/));
});

test('a CA certificate must end before its issuing CA', () => {
  const end = absolute('2036-01-01T00:00:00Z');
  assert.throws(() => resolveValidity(end, undefined, { ...limits, isCa: true }), refusedWith(/exceeds the certificate authority validity/));
  assert.ok(resolveValidity({ ...end, Value: end.Value - 1 }, undefined, { ...limits, isCa: true }));
});

test('an end in the past, or one that is no date, is refused', () => {
  assert.throws(() => resolveValidity(absolute('2026-01-31T10:20:30Z'), undefined, limits), refusedWith(/in the past/));
  assert.throws(() => resolveValidity({ Type: 'END_DATE', Value: 20261301000000 }, undefined, limits), refusedWith(/not a date/));
  assert.throws(() => resolveValidity({ Type: 'ABSOLUTE', Value: Number.MAX_SAFE_INTEGER }, undefined, limits), refusedWith(/not a date/));
});

test('a short-lived CA gives seven days at most', () => {
  const short = { ...limits, isShortLived: true };
  assert.ok(resolveValidity({ Type: 'DAYS', Value: 7 }, undefined, short));
  assert.throws(() => resolveValidity({ Type: 'DAYS', Value: 8 }, undefined, short), refusedWith(/7 days/));
});
