import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { Failure, FailureClass } from '../domain/failure.ts';
import type { CallFacts } from '../domain/parking-scope.ts';
import { makeFakeClock } from '../runtime/fake-clock.ts';
import { silentMetrics } from '../runtime/fake-metrics.ts';
import { makeParking } from './parking.ts';

const start = Date.UTC(2026, 0, 1);
const call: CallFacts = {
  issuer: { kind: 'AWSPCAClusterIssuer', namespace: undefined, name: 'mesh-root' },
  authorityArn: 'arn:a',
  region: 'eu-central-1',
  operation: 'IssueCertificate',
  template: 'EndEntityCertificate/V1',
};
const otherIssuer: CallFacts = { ...call, issuer: { ...call.issuer, name: 'other' } };
const otherCA: CallFacts = { ...otherIssuer, authorityArn: 'arn:b' };
const otherTemplate: CallFacts = { ...call, template: 'SubordinateCACertificate_PathLen0/V1' };
const otherRegion: CallFacts = { ...otherCA, region: 'us-east-1' };

function failure(kind: FailureClass, code: string, operation = call.operation): Failure {
  return { class: kind, code, message: 'as the test says', operation };
}
const denied = failure('unauthorised', 'AccessDeniedException');
const disabled = failure('misconfigured', 'InvalidStateException');
const noSecret = failure('unauthorised', 'SecretNotFound', 'LoadCredentials');
const refused = failure('transient', 'ECONNREFUSED');
const broken = failure('transient', 'HTTP 503');

function makeScene() {
  const clock = makeFakeClock(start);
  const woken: string[] = [];
  const heard = { wake: (key: string): void => void woken.push(key) };
  const rechecked: string[] = [];
  const parking = makeParking({ clock, wake: (key) => heard.wake(key), recheck: ({ name }) => void rechecked.push(name), metrics: silentMetrics });
  const fail = (key: string, trouble: Failure, facts = call, mayWait = true) => parking.failed(facts, key, { failure: trouble, message: `${trouble.code} happened`, mayWait })?.message;
  return { clock, woken, heard, rechecked, parking, fail };
}

test('what a failure parks, and what it leaves alone', () => {
  const rows: readonly [string, Failure, number, readonly CallFacts[], readonly CallFacts[]][] = [
    ['denied access: this issuer, operation and template', denied, 1, [call], [otherTemplate, otherIssuer, { ...call, operation: 'GetCertificate', template: undefined }]],
    ['a disabled CA: this CA and operation, whoever asks', disabled, 1, [call, otherIssuer, otherTemplate], [otherCA, { ...call, operation: 'GetCertificate' }]],
    ['credentials: the issuer', noSecret, 1, [call, otherTemplate, { ...call, operation: 'GetCertificate' }], [otherIssuer, otherCA]],
    ['a refused connection: the endpoint', refused, 3, [call, otherIssuer, otherCA], [otherRegion]],
    ['no answer: this CA and operation', broken, 3, [call, otherIssuer], [otherCA]],
  ];
  for (const [name, trouble, needed, parked, free] of rows) {
    const { fail, parking } = makeScene();
    for (let times = 1; times < needed; times++) assert.equal(fail(`k${times}`, trouble), undefined, name);
    assert.match(fail('last', trouble) ?? '', /(?:happened|as the test says)\. This has been so since 2026-01-01T00:00:00\.000Z;/, name);
    for (const [index, facts] of parked.entries()) assert.ok(parking.ask(facts, `parked ${index}`)?.message, `${name}: ${index} waits`);
    for (const [index, facts] of free.entries()) assert.equal(parking.ask(facts, `free ${index}`)?.message, undefined, `${name}: ${index} is free`);
  }
});

test('what tells of one request only parks nobody', () => {
  for (const kind of ['throttled', 'unsuitable', 'rejected', 'conflict', 'bug'] as const) {
    const { fail, parking } = makeScene();
    assert.equal(fail('a', failure(kind, 'Some')), undefined);
    assert.deepEqual([parking.ask(call, 'b')?.message, parking.size], [undefined, 0]);
  }
});

test('one of those who wait tries after a second, another one each time, ever less often; the rest follow when one passes', async () => {
  const { clock, woken, parking, fail } = makeScene();
  fail('a', denied);
  for (const key of ['b', 'c']) parking.ask(call, key);
  await clock.advance(1_100);
  assert.deepEqual(woken, ['a']);
  assert.equal(parking.ask(call, 'a')?.message, undefined, 'it may call');
  assert.ok(parking.ask(call, 'b')?.message, 'the others may not');
  fail('a', denied);
  await clock.advance(1_100);
  assert.deepEqual(woken, ['a', 'b']);
  parking.passed(call, 'b');
  assert.deepEqual(woken, ['a', 'b', 'c', 'a']);
  assert.deepEqual([parking.size, clock.pending, parking.ask(call, 'd')?.message], [0, 0, undefined]);
});

test('the sentence stays the same from try to try, so that a condition never flaps', async () => {
  const { clock, parking, fail } = makeScene();
  const first = fail('a', denied);
  for (let tries = 0; tries < 5; tries++) {
    await clock.advance(60_000);
    assert.equal(parking.ask(call, 'b')?.message, first);
    if (parking.ask(call, 'a')?.message === undefined) assert.equal(fail('a', denied), first);
  }
});

test('an outage of any length is over for us within a tenth of it, or five minutes', async () => {
  for (const outageMs of [2_000, 60_000, 600_000, 10 * 3_600_000]) {
    const { clock, woken, parking, fail } = makeScene();
    fail('a', denied);
    let calls = 1;
    while (clock.now() < start + outageMs) {
      await clock.advanceToNext();
      if (woken.splice(0).includes('a') && parking.ask(call, 'a')?.message === undefined && clock.now() < start + outageMs) {
        calls++;
        fail('a', denied);
      }
    }
    const lateMs = clock.now() - start - outageMs;
    assert.ok(lateMs <= Math.min(330_000, Math.max(1_100, outageMs * 0.12)), `${lateMs} ms after ${outageMs}`);
    assert.ok(calls < 250, `${calls} calls`);
  }
});

test('a request that is the only one to wait takes its lot along when it leaves', () => {
  const { clock, parking, fail } = makeScene();
  fail('a', disabled);
  parking.leave('a');
  assert.deepEqual([parking.ask(otherIssuer, 'b')?.message, clock.pending], [undefined, 0]);
});

test('when the one that tries leaves, another one tries in its place', async () => {
  const { clock, woken, parking, fail } = makeScene();
  fail('a', denied);
  parking.ask(call, 'b');
  await clock.advance(1_100);
  parking.leave('a');
  await clock.advance(1_100);
  assert.deepEqual(woken, ['a', 'b']);
});

test('when the one that tries does not call, another one tries in its place', async () => {
  const { clock, woken, parking, fail } = makeScene();
  fail('a', denied);
  parking.ask(call, 'b');
  await clock.advance(20_000);
  assert.deepEqual(woken.slice(0, 2), ['a', 'b']);
});

test('who repeats an ambiguous call never waits, and makes new orders wait as long as it fails', async () => {
  const { clock, parking, fail } = makeScene();
  const lost = failure('ambiguous', 'TimeoutError');
  for (const key of ['a', 'a', 'b']) assert.equal(fail(key, lost, call, false), undefined);
  assert.match(parking.ask(call, 'new')?.message ?? '', /TimeoutError happened/);
  parking.leave('new');
  await clock.advance(61_000);
  assert.equal(parking.ask(call, 'later')?.message, undefined, 'nobody has failed for a minute');
});

test('what only one request has met makes nobody else wait', () => {
  const { parking, fail } = makeScene();
  for (let times = 0; times < 5; times++) fail('poisoned', broken);
  assert.equal(parking.ask(call, 'new')?.message, undefined);
  assert.ok(parking.ask(call, 'poisoned')?.message);
  assert.match(fail('new', broken) ?? '', /HTTP 503 happened/, 'two are enough');
});

test('the first failure is what all are told, and of an endpoint no CA of others is named', () => {
  const { parking, fail } = makeScene();
  for (const key of ['a', 'b', 'c']) fail(key, broken);
  const first = parking.ask(call, 'd')?.message;
  fail('a', failure('transient', 'TimeoutError'));
  assert.equal(parking.ask(call, 'd')?.message, first);
  for (const key of ['e', 'f', 'g']) fail(key, refused, otherCA);
  assert.match(parking.ask({ ...otherCA, authorityArn: 'arn:c' }, 'h')?.message ?? '', /^failed to request certificate from PCA: the endpoint of AWS Private CA in eu-central-1: ECONNREFUSED/);
});

test('one that waits for its turn to try keeps the role, and goes first', async () => {
  const { clock, woken, parking, fail } = makeScene();
  fail('a', denied);
  parking.ask(call, 'b');
  await clock.advance(1_100);
  assert.deepEqual([woken, parking.isProbe('a'), parking.isProbe('b')], [['a'], true, false]);
  parking.probing('a', true);
  await clock.advance(5 * 60_000);
  assert.equal(parking.ask(call, 'a')?.message, undefined);
  parking.probing('a', false);
  await clock.advance(30_000);
  assert.ok(parking.isProbe('a'), 'a call may take long');
  await clock.advance(60_000);
  assert.equal(parking.isProbe('a'), false);
});

test('a refusal proves what it came through: the endpoint answers, the credentials are good', () => {
  const { parking, fail } = makeScene();
  for (const key of ['a', 'b', 'c']) fail(key, refused);
  fail('d', noSecret, otherIssuer);
  fail('e', disabled, { ...otherCA, issuer: call.issuer });
  assert.equal(parking.ask(call, 'a')?.message, undefined);
  assert.ok(parking.ask(otherIssuer, 'f')?.message, 'of other credentials it proves nothing');
});

test('trouble with credentials or the CA has the issuer checked once, and its cure wakes everybody', () => {
  const { woken, rechecked, parking, fail } = makeScene();
  fail('a', disabled);
  fail('b', disabled);
  assert.deepEqual(rechecked, ['mesh-root']);
  parking.release({ kind: 'AWSPCAClusterIssuer', namespace: undefined, name: 'any' }, 'arn:a');
  assert.deepEqual([woken, parking.size], [['a', 'b'], 0]);
  assert.equal(parking.ask(call, 'a')?.message, undefined, 'and what was known before counts no more');
});

test('two troubles that the same requests have met do not hand them to each other: the one that tries calls, whatever waits further on', async () => {
  const { clock, heard, parking, fail } = makeScene();
  fail('a', denied);
  fail('c', disabled, otherIssuer);
  for (const key of ['b', 'd', 'e']) assert.match(parking.ask(call, key)?.message ?? '', /AccessDenied/);
  heard.wake = (key) => void parking.ask(call, key);
  await clock.advance(90_000);
  heard.wake = (key) => void (parking.ask(call, key) ?? parking.passed(call, key));
  await clock.advance(30_000);
  assert.deepEqual([parking.size, clock.pending], [0, 0]);
});

test('whatever happens, nobody who waits is forgotten: while the calls pass, everybody is woken within five minutes', async () => {
  const facts = fc.constantFrom(call, otherIssuer, otherCA, otherTemplate, otherRegion);
  const key = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  const step = fc.oneof(
    fc.record({ do: fc.constant('fail' as const), key, facts, trouble: fc.constantFrom(denied, disabled, noSecret, refused, broken), mayWait: fc.boolean() }),
    fc.record({ do: fc.constant('pass' as const), key, facts }),
    fc.record({ do: fc.constant('leave' as const), key }),
    fc.record({ do: fc.constant('wait' as const), ms: fc.nat(120_000) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const { clock, woken, heard, parking, fail } = makeScene();
      const waiting = new Map<string, CallFacts>();
      const settle = (name: string, of: CallFacts, message: string | undefined): void => void (message === undefined ? waiting.delete(name) : waiting.set(name, of));
      for (const each of steps) {
        if (each.do === 'wait') await clock.advance(each.ms);
        else if (each.do === 'leave') {
          parking.leave(each.key);
          waiting.delete(each.key);
        } else {
          const asked = parking.ask(each.facts, each.key)?.message;
          settle(each.key, each.facts, asked);
          if (asked !== undefined) continue;
          if (each.do === 'pass') parking.passed(each.facts, each.key);
          else settle(each.key, each.facts, fail(each.key, each.trouble, each.facts, each.mayWait));
        }
        for (const name of woken.splice(0)) if (waiting.has(name)) settle(name, waiting.get(name) ?? call, parking.ask(waiting.get(name) ?? call, name)?.message);
      }
      heard.wake = (name) => {
        const of = waiting.get(name) ?? call;
        if (parking.ask(of, name)?.message === undefined) parking.passed(of, name);
      };
      await clock.advance(400_000);
      assert.deepEqual([parking.size, clock.pending], [0, 0]);
    }),
    { numRuns: 2_000 },
  );
});
