import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Outcome } from '../domain/outcome.ts';
import { describeIssuer } from '../domain/issuer.ts';
import { aRequest } from '../domain/test-values.ts';
import { issuerKeyOf } from './issuer-directory.ts';
import { makeIssuerLedger } from './issuer-ledger.ts';

const request = (name: string, durationMs?: number) => aRequest({ key: { namespace: 'mesh', name }, durationMs });
const waits = (message: string): Outcome => ({ kind: 'waiting', reason: 'TemplateMismatch', message, afterMs: 1 });
const parked = (cause: 'permission' | 'network'): Outcome => ({ kind: 'parked', message: `parked by ${cause}`, cause });
const fine: Outcome = { kind: 'polling', afterMs: 1 };
const issuer = issuerKeyOf(request('a'));

function makeScene() {
  const changed: string[] = [];
  return { changed, ledger: makeIssuerLedger((each) => void changed.push(describeIssuer(each))) };
}

test('the first request that waits for a fault of its issuer is news, more of them are none, and the last one that goes on is', () => {
  const { ledger, changed } = makeScene();
  ledger.hear(request('a'), waits('for a template'));
  ledger.hear(request('b'), waits('for the same in other words'));
  ledger.hear(request('a'), waits('for a template'));
  assert.deepEqual(ledger.complaintsOf(issuer), [{ reason: 'TemplateMismatch', message: 'for a template' }]);
  assert.equal(changed.length, 1);
  ledger.hear(request('a'), fine);
  assert.equal(changed.length, 1);
  ledger.leave(request('b').key);
  assert.deepEqual([ledger.complaintsOf(issuer), changed.length], [[], 2]);
});

test('another sentence of the same request is told, so that an edit of the issuer is seen', () => {
  const { ledger, changed } = makeScene();
  ledger.hear(request('a'), waits('for one template'));
  ledger.hear(request('a'), waits('for another template'));
  assert.deepEqual([ledger.complaintsOf(issuer)[0]?.message, changed.length], ['for another template', 2]);
});

test('denied calls are a fault of the issuer, an outage is none', () => {
  const { ledger } = makeScene();
  ledger.hear(request('a'), parked('network'));
  assert.deepEqual(ledger.complaintsOf(issuer), []);
  ledger.hear(request('a'), parked('permission'));
  assert.deepEqual(ledger.complaintsOf(issuer), [{ reason: 'Refused', message: 'parked by permission' }]);
});

test('the longest duration that was asked for stays', () => {
  const { ledger } = makeScene();
  assert.equal(ledger.longestMs(issuer), undefined);
  ledger.hear(request('a', 90), fine);
  ledger.hear(request('b', 30), fine);
  ledger.hear(request('c'), fine);
  assert.equal(ledger.longestMs(issuer), 90);
});

test('whatever comes in whichever order, nothing is left when all requests are gone', () => {
  const look = fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd'), outcome: fc.constantFrom(waits('x'), waits('y'), parked('permission'), fine) });
  fc.assert(
    fc.property(fc.array(look, { maxLength: 60 }), (looks) => {
      const { ledger } = makeScene();
      for (const { name, outcome } of looks) ledger.hear(request(name), outcome);
      for (const name of ['a', 'b', 'c', 'd']) ledger.leave(request(name).key);
      assert.deepEqual([ledger.complaintsOf(issuer), ledger.size], [[], 0]);
    }),
  );
});
