import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { FairLine } from './fair-line.ts';

function drain(line: FairLine): readonly string[] {
  const keys: string[] = [];
  for (let taken = line.take(); taken !== undefined; taken = line.take()) keys.push(taken.key);
  return keys;
}

test('lanes take turns, however long one of them is', () => {
  const line = new FairLine();
  for (const key of ['a1', 'a2', 'a3', 'b1', 'c1', 'c2']) line.push(key, { lane: key.slice(0, 1), rank: 0 });
  assert.deepEqual(drain(line), ['a1', 'b1', 'c1', 'a2', 'c2', 'a3']);
});

test('a lower rank goes before, within its lane only', () => {
  const line = new FairLine();
  line.push('a late', { lane: 'a', rank: 2 });
  line.push('b', { lane: 'b', rank: 9 });
  line.push('a soon', { lane: 'a', rank: 1 });
  assert.deepEqual(drain(line), ['a soon', 'b', 'a late']);
});

test('a lane that may not go keeps its place', () => {
  const line = new FairLine();
  line.push('a', { lane: 'a', rank: 0 });
  line.push('b', { lane: 'b', rank: 0 });
  assert.equal(line.take((lane) => lane !== 'a')?.key, 'b');
  assert.equal(line.take((lane) => lane !== 'a'), undefined);
  assert.equal(line.take()?.key, 'a');
});

test('whatever is pushed, removed and taken: nothing is lost, nothing comes twice, and no lane waits for more than one of each other', () => {
  const step = fc.record({ do: fc.constantFrom('push', 'remove', 'take'), key: fc.nat(12), rank: fc.nat(2) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const line = new FairLine();
      const waiting = new Set<string>();
      const laneOf = (key: string): string => String(Number(key) % 4);
      /** How often each lane was served since another one began to wait. */
      const passed = new Map<string, string[]>();
      for (const { do: what, key: number, rank } of steps) {
        const key = String(number);
        if (what === 'push') {
          if (![...waiting].some((each) => laneOf(each) === laneOf(key))) passed.set(laneOf(key), []);
          line.push(key, { lane: laneOf(key), rank });
          waiting.add(key);
        } else if (what === 'remove') {
          assert.equal(line.remove(key), waiting.delete(key));
        } else {
          const taken = line.take();
          assert.equal(taken !== undefined, waiting.size > 0);
          if (taken === undefined) continue;
          assert.ok(waiting.delete(taken.key), 'it waited');
          for (const [lane, lanes] of passed) {
            if (lane === taken.lane) lanes.length = 0;
            else if ([...waiting].some((each) => laneOf(each) === lane)) {
              assert.ok(!lanes.includes(taken.lane), `lane ${taken.lane} went twice while ${lane} waited`);
              lanes.push(taken.lane);
            }
          }
        }
        assert.equal(line.size, waiting.size);
      }
    }),
  );
});
