import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FaultOrder } from './fault-kinds.ts';
import { FaultQueue } from './fault-queue.ts';

const operation = 'IssueCertificate';
function queueOf(...orders: readonly Partial<FaultOrder>[]) {
  const clock = { nowMs: 1_000_000 };
  const queue = new FaultQueue(() => clock.nowMs);
  for (const order of orders) queue.add({ operation, kind: 'throttle', ...order });
  return { clock, queue, struck: (calls: number) => Array.from({ length: calls }, () => queue.take(operation, undefined)?.kind) };
}

test('a fault strikes once unless told, and as often as told', () => {
  const { struck } = queueOf({}, { kind: 'lost', times: 2 });
  assert.deepEqual(struck(4), ['throttle', 'lost', 'lost', undefined]);
});

test('a probability strikes about that part of the calls, without end unless a count is told', () => {
  const { struck } = queueOf({ probability: 0.2, seed: 7 });
  const { length } = struck(5000).filter((kind) => kind !== undefined);
  assert.ok(length > 900 && length < 1100, `${length} of 5000`);
  assert.equal(queueOf({ probability: 0.2, seed: 7, times: 3 }).struck(5000).filter((kind) => kind !== undefined).length, 3);
});

test('the same seed strikes the same calls, another seed strikes others', () => {
  const pattern = (seed: number) => queueOf({ probability: 0.5, seed }).struck(64).join();
  assert.equal(pattern(7), pattern(7));
  assert.notEqual(pattern(7), pattern(8));
});

test('a seed that was not given is told, and repeats the run', () => {
  const { queue, struck } = queueOf({ probability: 0.5 });
  const [fault] = queue.list();
  assert.equal(struck(64).join(), queueOf({ probability: 0.5, seed: fault!.seed! }).struck(64).join());
});

test('a call that the dice spare goes on to the next fault', () => {
  const { struck } = queueOf({ probability: 0.5, seed: 1 }, { kind: 'lost', times: -1 });
  assert.deepEqual(new Set(struck(64)), new Set(['throttle', 'lost']));
});

test('a window ends by the virtual clock, and strikes every call until then', () => {
  const { clock, queue, struck } = queueOf({ forMs: 30_000 });
  assert.deepEqual(struck(2), ['throttle', 'throttle']);
  clock.nowMs += 29_999;
  assert.deepEqual(struck(1), ['throttle']);
  clock.nowMs += 1;
  assert.deepEqual(struck(1), [undefined]);
  assert.deepEqual(queue.list(), []);
});

test('count, probability and window hold together', () => {
  const { clock, struck } = queueOf({ forMs: 30_000, times: 1 }, { kind: 'lost', probability: 1, times: 2, forMs: 10_000 });
  assert.deepEqual(struck(2), ['throttle', 'lost']);
  clock.nowMs += 10_000;
  assert.deepEqual(struck(1), [undefined]);
});

test('a fault tells how often it has struck', () => {
  const { queue, struck } = queueOf({ times: 5 });
  struck(2);
  assert.deepEqual(queue.list().map(({ struck, left }) => [struck, left]), [[2, 3]]);
});
