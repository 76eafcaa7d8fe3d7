import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nextBase, readForRequest, standingBase, writeForRequest, type BaseQuestion } from './validity.ts';

const since = new Date('2026-11-22T10:00:00Z');
const minute = 60_000;
const hour = 60 * minute;

function asked(afterMs: number, changes: Partial<BaseQuestion> = {}): ReturnType<typeof nextBase> {
  return nextBase({
    uid: 'u',
    since,
    stored: undefined,
    durationMs: 90 * 24 * hour,
    nowMs: since.getTime() + afterMs,
    hasAmbiguousAttempt: false,
    hasCleanRefusal: false,
    knownForMs: hour,
    ...changes,
  });
}

test('the derived base is used, and nothing is written', () => {
  assert.deepEqual(asked(5_000), { kind: 'use', base: since });
  assert.deepEqual(asked(8 * 24 * hour), { kind: 'use', base: since });
});

test('after a tenth of the duration without a certificate the next base is stored before it is used', () => {
  const base = new Date(since.getTime() + 7 * minute);
  assert.deepEqual(asked(7 * minute + 400, { durationMs: hour, hasCleanRefusal: true }), { kind: 'store', base });
  assert.equal(asked(6 * minute, { durationMs: hour, hasCleanRefusal: true }).kind, 'use');
});

test('the base stands as long as AWS may have acted on it', () => {
  assert.equal(asked(2 * hour, { durationMs: hour, hasCleanRefusal: true, hasAmbiguousAttempt: true }).kind, 'use');
});

test('after a restart, when nobody knows, the base moves only when half the duration is lost', () => {
  assert.equal(asked(25 * minute, { durationMs: hour }).kind, 'use');
  assert.equal(asked(31 * minute, { durationMs: hour }).kind, 'store');
});

test('a request of less than 30 minutes stores its base at the first attempt, and uses it afterwards', () => {
  const first = asked(20_000, { durationMs: 10 * minute });
  assert.equal(first.kind, 'store');
  const stored = writeForRequest('u', new Date(since.getTime() + 20_000).toISOString());
  assert.deepEqual(asked(30_000, { durationMs: 10 * minute, stored }), { kind: 'use', base: new Date(since.getTime() + 20_000) });
});

test('a stored base wins, unless it is older than the derived one or was written for another request', () => {
  const later = new Date(since.getTime() + 3 * hour);
  assert.deepEqual(standingBase({ uid: 'u', since, nowMs: later.getTime(), stored: writeForRequest('u', later.toISOString()) }), later);
  for (const stored of [
    writeForRequest('u', '2026-11-21T00:00:00.000Z'),
    writeForRequest('other', later.toISOString()),
    later.toISOString(),
    'u/nonsense',
    '',
  ]) {
    assert.deepEqual(standingBase({ uid: 'u', since, nowMs: later.getTime(), stored }), since, stored);
  }
});

test('a base up to five minutes ahead is waited for; further ahead it says so', () => {
  assert.deepEqual(asked(-2_000), { kind: 'wait', afterMs: 2_000 });
  assert.equal(asked(-5 * minute).kind, 'wait');
  assert.deepEqual(asked(-6 * minute), { kind: 'too-far', base: since, aheadMs: 6 * minute });
});

test('what is written for a request is read for that request only', () => {
  fc.assert(
    fc.property(fc.uuid(), fc.uuid(), fc.string(), (uid, other, value) => {
      assert.equal(readForRequest(uid, writeForRequest(uid, value)), value);
      if (uid !== other) assert.equal(readForRequest(other, writeForRequest(uid, value)), undefined);
    }),
  );
});

test('a base never lies before the approval nor more than five minutes ahead, whatever the annotation says', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -hour, max: 48 * hour }),
      fc.oneof(fc.constant(undefined), fc.date({ noInvalidDate: true }).map((date) => writeForRequest('u', date.toISOString()))),
      fc.integer({ min: minute, max: 400 * 24 * hour }),
      fc.boolean(),
      (afterMs, stored, durationMs, hasCleanRefusal) => {
        const answer = asked(afterMs, { stored, durationMs, hasCleanRefusal });
        if (answer.kind !== 'use' && answer.kind !== 'store') return;
        assert.ok(answer.base >= since);
        assert.ok(answer.base.getTime() <= since.getTime() + afterMs);
      },
    ),
  );
});

test('a refusal moves the base only after five minutes, in which a process before this one may have ordered from it', () => {
  const refused = { durationMs: hour, hasCleanRefusal: true };
  assert.equal(asked(20 * minute, { ...refused, knownForMs: 4 * minute }).kind, 'use');
  assert.equal(asked(20 * minute, { ...refused, knownForMs: 6 * minute }).kind, 'store');
});

test('a stored base that lies more than five minutes ahead is not ours', () => {
  const at = (ms: number): string => writeForRequest('u', new Date(since.getTime() + ms).toISOString());
  assert.deepEqual(asked(minute, { stored: at(7 * minute) }), { kind: 'use', base: since });
  assert.equal(asked(minute, { stored: at(5 * minute) }).kind, 'wait');
});
