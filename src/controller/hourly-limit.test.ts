import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { makeHourlyLimit, reserveOf, type HourlyLimit } from './hourly-limit.ts';

const minute = 60_000;
const hour = 60 * minute;
const start = Date.UTC(2026, 10, 22, 10);

const leaf = (uid: string, limit = 3) => ({ uid, isCA: false, limit });
const authority = (uid: string, limit = 3) => ({ uid, isCA: true, limit });

/** Certificates that were made at once. */
function issue(limit: HourlyLimit, count: number, perHour: number, nowMs: number, isCA = false): void {
  for (let index = 0; index < count; index++) {
    assert.equal(limit.take({ uid: `made-${nowMs}-${index}`, isCA, limit: perHour }, nowMs), undefined);
    limit.fill(isCA, nowMs);
  }
}

test('the limit is given out at once, and whoever comes later gets a turn an hour after it', () => {
  const limit = makeHourlyLimit();
  issue(limit, 3, 3, start);
  const turn = limit.take(leaf('fourth'), start + minute);
  assert.deepEqual(turn, { toldMs: start + hour, dueMs: start + hour, isNew: true });
  assert.equal(limit.take(leaf('fourth'), start + hour), undefined);
});

test('orders on their way count, so that many at once do not slip through', () => {
  const limit = makeHourlyLimit();
  for (const uid of ['a', 'b', 'c']) assert.equal(limit.take(leaf(uid), start), undefined);
  assert.equal(limit.take(leaf('d'), start)?.isNew, true);
  limit.giveBack(false);
  assert.equal(limit.take(leaf('d'), start), undefined);
});

test('first come, first served: whoever is late to look keeps the place in the line', () => {
  const limit = makeHourlyLimit();
  issue(limit, 1, 1, start);
  assert.equal(limit.take(leaf('first', 1), start + 1)?.dueMs, start + hour);
  assert.equal(limit.take(leaf('second', 1), start + 2)?.dueMs, start + 2 * hour);
  for (let now = start; now <= start + hour; now += 5 * minute) for (const uid of ['first', 'second']) if (now < start + hour) limit.take(leaf(uid, 1), now);
  assert.notEqual(limit.take(leaf('second', 1), start + hour + 1), undefined);
  assert.equal(limit.take(leaf('first', 1), start + hour + 2), undefined);
});

test('whoever is gone is not waited for', () => {
  const limit = makeHourlyLimit();
  issue(limit, 1, 1, start);
  limit.take(leaf('first', 1), start + 1);
  limit.take(leaf('second', 1), start + 2);
  limit.leave('first');
  assert.equal(limit.take(leaf('second', 1), start + hour), undefined);
});

test('whoever has not asked for ten minutes counts as gone', () => {
  const limit = makeHourlyLimit();
  issue(limit, 1, 1, start);
  limit.take(leaf('first', 1), start + 1);
  limit.take(leaf('second', 1), start + hour - minute);
  assert.equal(limit.take(leaf('second', 1), start + hour), undefined);
});

test('of ten certificates one is kept for CAs, of fifty and more five, of fewer none', () => {
  assert.deepEqual([1, 9, 10, 19, 20, 50, 10_000].map(reserveOf), [0, 0, 1, 1, 2, 5, 5]);
  const limit = makeHourlyLimit();
  issue(limit, 9, 10, start);
  assert.notEqual(limit.take(leaf('leaf', 10), start), undefined);
  assert.equal(limit.take(authority('cacerts', 10), start), undefined);
});

test('a CA request goes before every leaf that waits', () => {
  const limit = makeHourlyLimit();
  issue(limit, 3, 3, start);
  for (const uid of ['a', 'b', 'c', 'd']) limit.take(leaf(uid), start + 1);
  assert.equal(limit.take(authority('cacerts'), start + 2)?.dueMs, start + hour);
});

test('CA certificates alone may use the whole limit', () => {
  const limit = makeHourlyLimit();
  issue(limit, 10, 10, start, true);
  assert.notEqual(limit.take(authority('one more', 10), start), undefined);
});

test('a limit that is raised lets the next ones pass, and one that is lowered holds them', () => {
  const limit = makeHourlyLimit();
  issue(limit, 3, 3, start);
  assert.notEqual(limit.take(leaf('a', 3), start), undefined);
  assert.equal(limit.take(leaf('a', 4), start), undefined);
  assert.notEqual(limit.take(leaf('b', 2), start), undefined);
});

test('a clock that is set back by a day makes nobody wait for a day', () => {
  const limit = makeHourlyLimit();
  issue(limit, 3, 3, start);
  const turn = limit.take(leaf('a'), start - 24 * hour);
  assert.equal(turn?.dueMs, start - 23 * hour);
});

test('what was told stays told until its time, also when the turn comes sooner', () => {
  const limit = makeHourlyLimit();
  issue(limit, 1, 1, start);
  limit.take(leaf('first', 1), start + 1);
  const told = limit.take(leaf('second', 1), start + 2)?.toldMs;
  limit.leave('first');
  assert.deepEqual(limit.take(leaf('second', 1), start + minute), { toldMs: told, dueMs: start + hour, isNew: false });
});

type Step = { readonly kind: 'ask' | 'finish' | 'refuse' | 'lost' | 'pass'; readonly which: number };

test('never more than the limit in any hour, whatever is asked, refused, late or gone; and nothing is remembered a day later', () => {
  const step = fc.record({ kind: fc.constantFrom<Step['kind'][]>('ask', 'ask', 'ask', 'finish', 'finish', 'refuse', 'lost', 'pass', 'pass'), which: fc.nat(1_000) });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 25 }), fc.array(step, { maxLength: 400 }), (perHour, steps: readonly Step[]) => {
      const limit = makeHourlyLimit();
      const made: number[] = [];
      const open: boolean[] = [];
      let now = start;
      for (const { kind, which } of steps) {
        if (kind === 'pass') now += (which % 40) * minute;
        else if (kind === 'ask') {
          const isCA = which % 5 === 0;
          if (limit.take({ uid: `${which % 60}`, isCA, limit: perHour }, now) === undefined) open.push(isCA);
        } else if (kind === 'lost') limit.leave(`${which % 60}`);
        else if (open.length > 0) {
          const [isCA = false] = open.splice(which % open.length, 1);
          if (kind === 'refuse') limit.giveBack(isCA);
          else {
            limit.fill(isCA, now);
            made.push(now);
          }
        }
        assert.ok(made.filter((each) => each > now - hour).length + open.length <= perHour);
      }
      for (const isCA of open) limit.giveBack(isCA);
      assert.ok(limit.isIdle(now + 24 * hour));
    }),
  );
});

test('everybody who keeps asking gets a certificate, at the pace of the limit', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 40 }), (perHour, count) => {
      const limit = makeHourlyLimit();
      const waiting = new Map(Array.from({ length: count }, (_, index) => [`${index}`, start]));
      let now = start;
      while (waiting.size > 0) {
        for (const [uid, dueMs] of waiting) {
          if (dueMs > now) continue;
          const turn = limit.take(leaf(uid, perHour), now);
          if (turn === undefined) {
            limit.fill(false, now);
            waiting.delete(uid);
          } else waiting.set(uid, now + Math.min(Math.max(1_000, turn.dueMs - now), 5 * minute));
        }
        now += 1_000;
      }
      const leaves = perHour - reserveOf(perHour);
      const hours = Math.ceil(count / leaves) - 1;
      assert.ok(now - start <= hours * (hour + minute) + minute, `${count} took ${(now - start) / hour} h at ${perHour} an hour`);
    }),
    { numRuns: 25 },
  );
});
