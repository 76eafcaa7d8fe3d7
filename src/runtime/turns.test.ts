import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeFakeClock } from './fake-clock.ts';
import { TokenBucket } from './token-bucket.ts';
import { Turns } from './turns.ts';

function makeScene({ rate = 10, burst = 1 } = {}) {
  const clock = makeFakeClock(0);
  const waits: number[] = [];
  const woken: string[] = [];
  const turns = new Turns({ clock, bucket: new TokenBucket({ clock, rate, burst, ceiling: rate }), onTurn: (ms) => void waits.push(ms) });
  const ask = (key: string, isFirst = false): boolean => turns.ask({ key, lane: key.slice(0, 1), isFirst, wake: () => void woken.push(key) });
  return { clock, waits, woken, turns, ask };
}

test('who finds a token may call at once; the others are woken one by one, lanes in turn, the first before all', async () => {
  const scene = makeScene();
  assert.equal(scene.ask('a0'), true);
  for (const key of ['a1', 'a2', 'b1']) assert.equal(scene.ask(key), false);
  assert.equal(scene.ask('c1', true), false);
  await scene.clock.advance(1_000);
  assert.deepEqual(scene.woken, ['c1', 'a1', 'b1', 'a2']);
  assert.deepEqual(scene.waits, [0, 100, 200, 300, 400]);
  assert.equal(scene.turns.size, 0);
});

test('a turn is for one call; who asks again meanwhile keeps its place', async () => {
  const scene = makeScene();
  scene.ask('a0');
  scene.ask('a1');
  assert.equal(scene.ask('a1'), false);
  await scene.clock.advance(100);
  assert.equal(scene.ask('a1'), true);
  assert.equal(scene.ask('a1'), false);
});

test('nobody who comes later overtakes those who wait', async () => {
  const scene = makeScene();
  scene.ask('a0');
  scene.ask('a1');
  await scene.clock.advance(99);
  assert.equal(scene.ask('b1'), false);
  await scene.clock.advance(101);
  assert.deepEqual(scene.woken, ['a1', 'b1']);
});

test('who leaves is not woken, and leaves no timer behind for ever', async () => {
  const scene = makeScene();
  scene.ask('a0');
  scene.ask('a1');
  scene.turns.leave('a1');
  await scene.clock.advance(10_000);
  assert.deepEqual([scene.woken, scene.turns.size, scene.clock.pending], [[], 0, 0]);
});

test('a turn that nobody takes up is over after half a minute', async () => {
  const scene = makeScene();
  scene.ask('a0');
  scene.ask('a1');
  await scene.clock.advance(31_000);
  scene.ask('b0');
  scene.ask('b1');
  await scene.clock.advance(100);
  assert.equal(scene.ask('a1'), false);
});
