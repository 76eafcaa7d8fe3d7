import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { aRequest } from '../domain/test-values.ts';
import { makeFakeClock } from '../runtime/fake-clock.ts';
import { silentMetrics } from '../runtime/fake-metrics.ts';
import { makeRunawayGuard, type GuardedOrder, type Held, type OrderEnd } from './runaway-guard.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const start = Date.UTC(2026, 10, 22, 10);

interface Wish {
  readonly uid: string;
  readonly certificate?: string | undefined;
  readonly namespace?: string;
  readonly isCA?: boolean;
  readonly limit?: number;
  readonly durationMs?: number;
  readonly offsetMs?: number;
  readonly issuer?: string;
}

function order({ uid, certificate, namespace = 'mesh', isCA = false, limit, durationMs = 90 * day, offsetMs = 15 * minute, issuer = 'root' }: Wish): GuardedOrder {
  const annotations = certificate === undefined ? {} : { 'cert-manager.io/certificate-name': certificate };
  return {
    token: `token of ${uid}`,
    issuer: { kind: 'AWSPCAClusterIssuer', namespace: undefined, name: issuer },
    limitPerHour: limit,
    request: aRequest({ uid, key: { namespace, name: uid }, isCA, annotations }),
    durationMs,
    offsetMs,
  };
}

function makeWorld() {
  const clock = makeFakeClock(start);
  const counts: string[] = [];
  const guard = makeRunawayGuard({ clock, metrics: { ...silentMetrics, count: (_name, labels) => void counts.push(labels?.['reason'] ?? '') } });
  /** Asks, and where it may, has AWS make the certificate. */
  const buy = (wish: Wish): Held | undefined => {
    const wanted = order(wish);
    const held = guard.ask(wanted);
    if (held === undefined) guard.settle(wanted.token, 'made');
    return held;
  };
  return { clock, counts, guard, buy };
}

test('a Certificate that is issued every few seconds is held after six certificates, and told until when', async () => {
  const { guard, buy, clock, counts } = makeWorld();
  for (let revision = 1; revision <= 6; revision++) {
    assert.equal(buy({ uid: `cacerts-${revision}`, certificate: 'cacerts' }), undefined);
    await clock.advance(4_000);
  }
  const held = buy({ uid: 'cacerts-7', certificate: 'cacerts' });
  assert.equal(held?.reason, 'RenewalLoop');
  assert.match(held.message, /Certificate mesh\/cacerts renews again and again: 5 times since 2026-11-22T10:00:04Z, about every 4 s; its next certificate is ordered at 2026-11-22T10:01:20Z\./);
  await clock.advance(10_000);
  assert.equal(buy({ uid: 'cacerts-7', certificate: 'cacerts' })?.message, held.message);
  assert.deepEqual(counts, ['renewal-loop']);
  await clock.advance(held.afterMs - 10_000);
  assert.equal(buy({ uid: 'cacerts-7', certificate: 'cacerts' }), undefined);
  assert.notEqual(guard.ask(order({ uid: 'cacerts-8', certificate: 'cacerts' })), undefined);
});

test('one Certificate in a loop holds no other: not of another name, another namespace, another issuer', async () => {
  const { buy } = makeWorld();
  for (let revision = 1; revision <= 10; revision++) buy({ uid: `a-${revision}`, certificate: 'a' });
  assert.equal(buy({ uid: 'b-1', certificate: 'b' }), undefined);
  assert.equal(buy({ uid: 'a-other', certificate: 'a', namespace: 'other' }), undefined);
  assert.equal(buy({ uid: 'a-moved', certificate: 'a', issuer: 'another' }), undefined);
});

test('requests without a Certificate, as istio-csr makes them, are not taken for a loop', () => {
  const { buy, guard } = makeWorld();
  for (let pod = 0; pod < 500; pod++) assert.equal(buy({ uid: `istio-csr-${pod}`, durationMs: hour }), undefined);
  assert.equal(guard.size, 0);
});

test('five hundred Certificates at once are all served', () => {
  const { buy } = makeWorld();
  for (let index = 0; index < 500; index++) assert.equal(buy({ uid: `c-${index}`, certificate: `c-${index}` }), undefined);
});

test('a certificate of an hour that is renewed every 20 minutes for a month, and by hand now and then, is never held', async () => {
  const { buy, clock } = makeWorld();
  for (let renewal = 0; renewal < 30 * 72; renewal++) {
    assert.equal(buy({ uid: `w-${renewal}`, certificate: 'w', durationMs: hour }), undefined);
    await clock.advance(renewal % 20 === 0 ? minute : 20 * minute);
  }
});

test('orders that AWS refuses do not count, however many', async () => {
  const { guard, clock } = makeWorld();
  for (let attempt = 0; attempt < 100; attempt++) {
    const wanted = order({ uid: 'cacerts-1', certificate: 'cacerts', limit: 1 });
    assert.equal(guard.ask(wanted), undefined);
    guard.settle(wanted.token, 'none');
    await clock.advance(1_000);
  }
});

test('the repetition of an order whose answer was lost is never held', async () => {
  const { guard, clock } = makeWorld();
  const lost = order({ uid: 'a', certificate: 'a', limit: 1 });
  assert.equal(guard.ask(lost), undefined);
  assert.equal(guard.ask(order({ uid: 'b', limit: 1 }))?.reason, 'CertificateLimit');
  guard.settle(lost.token, 'lost');
  for (let attempt = 0; attempt < 10; attempt++) {
    await clock.advance(30_000);
    assert.equal(guard.ask(lost), undefined);
    // A throttled repetition says nothing of the first attempt.
    guard.settle(lost.token, attempt % 2 === 0 ? 'lost' : 'none');
  }
  guard.settle(lost.token, 'made');
  assert.equal(guard.ask(order({ uid: 'b', limit: 1 }))?.reason, 'CertificateLimit');
});

test('an order that was never answered counts for an hour and ten minutes, and then no longer', async () => {
  const { guard, clock } = makeWorld();
  guard.ask(order({ uid: 'a', limit: 1 }));
  await clock.advance(hour);
  assert.equal(guard.ask(order({ uid: 'b', limit: 1 }))?.reason, 'CertificateLimit');
  await clock.advance(12 * minute);
  assert.equal(guard.ask(order({ uid: 'b', limit: 1 })), undefined);
});

test('the limit of one issuer: three of five, the others an hour later, each told once when', async () => {
  const { buy, clock, counts } = makeWorld();
  const held = ['a', 'b', 'c', 'd', 'e'].map((uid) => buy({ uid, limit: 3 }));
  assert.deepEqual(held.map((each) => each?.reason), [undefined, undefined, undefined, 'CertificateLimit', 'CertificateLimit']);
  assert.equal(
    held[3]?.message,
    'AWSPCAClusterIssuer root has issued as many certificates within an hour as its spec.requestPolicy.maxCertificatesPerHour allows (3); this one is ordered at about 2026-11-22T11:00:00Z, or once the limit is raised.',
  );
  for (let look = 1; look < 12; look++) {
    await clock.advance(held[3].afterMs);
    for (const index of [3, 4]) assert.equal(buy({ uid: 'abcde'[index] ?? '', limit: 3 })?.message, held[index]?.message);
  }
  assert.equal(buy({ uid: 'other', limit: 3, issuer: 'another' }), undefined);
  assert.deepEqual(counts, ['limit', 'limit']);
  await clock.advance(5 * minute);
  assert.equal(buy({ uid: 'd', limit: 3 }), undefined);
  assert.equal(buy({ uid: 'e', limit: 3 }), undefined);
});

test('what is held for renewing in circles takes no turn of others', async () => {
  const { buy, clock } = makeWorld();
  for (let revision = 1; revision <= 6; revision++) buy({ uid: `a-${revision}`, certificate: 'a', limit: 7 });
  assert.equal(buy({ uid: 'a-7', certificate: 'a', limit: 7 })?.reason, 'RenewalLoop');
  assert.equal(buy({ uid: 'b-1', certificate: 'b', limit: 7 }), undefined);
  await clock.advance(minute);
  assert.equal(buy({ uid: 'a-7', certificate: 'a', limit: 7 })?.reason, 'CertificateLimit');
});

test('an offset as long as the duration is named to whoever waits at the limit, for agents that renew at half the lifetime go in circles', () => {
  const { buy } = makeWorld();
  buy({ uid: 'a', limit: 1 });
  assert.match(buy({ uid: 'b', limit: 1, durationMs: hour, offsetMs: hour })?.message ?? '', /notBeforeOffset \(60 min\) is no shorter than the duration \(60 min\)/);
});

test('a clock that is set back holds nobody for longer than it would have', async () => {
  let now = start;
  const guard = makeRunawayGuard({ clock: { ...makeFakeClock(start), now: () => now }, metrics: silentMetrics });
  for (let revision = 0; revision < 30; revision++) {
    const wanted = order({ uid: `a-${revision}`, certificate: 'a' });
    if (guard.ask(wanted) === undefined) guard.settle(wanted.token, 'made');
  }
  now -= 10 * day;
  assert.equal(guard.ask(order({ uid: 'a-x', certificate: 'a' })), undefined);
});

test('what is remembered is bounded, and a loop among ten thousand other Certificates is not forgotten', async () => {
  const { guard, buy, clock } = makeWorld();
  for (let revision = 0; revision < 6; revision++) buy({ uid: `loop-${revision}`, certificate: 'loop' });
  for (let index = 0; index < 10_000; index++) {
    buy({ uid: `c-${index}`, certificate: `c-${index}` });
    if (index % 500 === 0) {
      await clock.advance(2 * minute);
      buy({ uid: `loop-${index}`, certificate: 'loop' });
    }
  }
  assert.ok(guard.size < 4_096 + 25, `${guard.size}`);
  assert.equal(buy({ uid: 'loop-last', certificate: 'loop' })?.reason, 'RenewalLoop');
  await clock.advance(2 * day);
  buy({ uid: 'last', limit: 5 });
  assert.equal(guard.size, 1);
});

test('a request that is finished or gone is remembered no more', () => {
  const { guard, buy } = makeWorld();
  buy({ uid: 'a', limit: 1 });
  const before = guard.size;
  buy({ uid: 'b', limit: 1 });
  guard.forget('b');
  assert.equal(guard.size, before);
});

const step = fc.record({
  uid: fc.nat(40),
  certificate: fc.option(fc.nat(3), { nil: undefined }),
  end: fc.constantFrom<OrderEnd[]>('made', 'made', 'made', 'none', 'lost'),
  passMs: fc.integer({ min: 0, max: 10 * minute }),
});

test('whatever comes: no more certificates in an hour than the limit, none held for longer than five minutes without another look, and nothing left after days', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 30 }), fc.array(step, { maxLength: 300 }), async (perHour, steps) => {
      const { guard, clock } = makeWorld();
      const made: number[] = [];
      for (const [index, { uid, certificate, end, passMs }] of steps.entries()) {
        const wish = { uid: `${uid}`, certificate: certificate === undefined ? undefined : `${certificate}`, limit: perHour, durationMs: hour, isCA: uid % 4 === 0 };
        const wanted = { ...order(wish), token: `${index}` };
        const held = guard.ask(wanted);
        if (held === undefined) {
          guard.settle(wanted.token, end);
          if (end !== 'none') made.push(clock.now());
          assert.ok(made.filter((each) => each > clock.now() - hour).length <= perHour);
        } else assert.ok(held.afterMs > 0 && held.afterMs <= 5 * minute);
        await clock.advance(passMs);
      }
      await clock.advance(2 * day);
      guard.ask(order({ uid: 'last' }));
      assert.equal(guard.size, 0);
    }),
    { numRuns: 60 },
  );
});
