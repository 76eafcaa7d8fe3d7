import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeFakeClock } from './fake-clock.ts';
import { silentMetrics } from './fake-metrics.ts';
import type { Fields, Logger } from './ports.ts';
import { runWorkers } from './worker-pool.ts';
import { WorkQueue } from './work-queue.ts';

function makeScene(work: (key: string) => Promise<void>, count = 2) {
  const clock = makeFakeClock(0);
  const queue = new WorkQueue({ clock });
  const abort = new AbortController();
  const errors: Fields[] = [];
  const counted: string[] = [];
  const logger: Logger = {
    debug() {},
    info() {},
    warn() {},
    error: (_message, fields) => void errors.push(fields ?? {}),
    with: () => logger,
  };
  const metrics = { ...silentMetrics, count: (name: string) => void counted.push(name) };
  const handle = async (key: string): Promise<'success'> => {
    await work(key);
    return 'success';
  };
  const ended = runWorkers({ name: 'test', clock, queue, count, handle, logger, metrics, signal: abort.signal });
  return { clock, queue, abort, errors, counted, ended };
}

test('as many keys as there are workers are worked on at once', async () => {
  let running = 0;
  let most = 0;
  const gates: (() => void)[] = [];
  const scene = makeScene(async () => {
    most = Math.max(most, ++running);
    await new Promise<void>((resolve) => gates.push(resolve));
    running--;
  });
  for (const key of ['a', 'b', 'c', 'd']) scene.queue.add(key);
  for (let i = 0; i < 4; i++) {
    await scene.clock.advance(0);
    gates.shift()?.();
  }
  scene.abort.abort();
  await scene.ended;
  assert.equal(most, 2);
  assert.equal(scene.queue.size, 0);
});

test('after the abort nothing is begun, and what runs is waited for', async () => {
  const begun: string[] = [];
  let finish = (): void => {};
  const scene = makeScene(async (key) => {
    begun.push(key);
    await new Promise<void>((resolve) => (finish = resolve));
    begun.push(`${key} ended`);
  }, 1);
  scene.queue.add('a');
  scene.queue.add('b');
  await scene.clock.advance(0);
  scene.abort.abort();
  finish();
  await scene.ended;
  assert.deepEqual(begun, ['a', 'a ended']);
});

test('a handler that throws is logged with its stack, counted, and its key comes back later and later', async () => {
  const at: number[] = [];
  const scene = makeScene(async () => {
    at.push(scene.clock.now());
    if (at.length <= 3) throw new Error(`broken ${at.length}`);
  });
  scene.queue.add('a');
  await scene.clock.advance(60_000);
  scene.abort.abort();
  await scene.ended;
  assert.deepEqual(at, [0, 1_000, 3_000, 7_000]);
  assert.equal(scene.counted.filter((name) => name === 'controller_runtime_reconcile_panics_total').length, 3);
  assert.match(String(scene.errors[0]?.['stack']), /broken 1\n.*worker-pool\.test\.ts/s);
});

test('a success ends the back-off of a key', async () => {
  const at: number[] = [];
  const scene = makeScene(async () => {
    at.push(scene.clock.now());
    if (at.length !== 2) throw new Error('broken');
  });
  scene.queue.add('a');
  await scene.clock.advance(1_000);
  scene.queue.add('a');
  await scene.clock.advance(1_500);
  scene.abort.abort();
  await scene.ended;
  assert.deepEqual(at, [0, 1_000, 1_000, 2_000]);
});

test('work that hangs holds no worker of others for longer than a second, and is waited for at the end', async () => {
  const begun: string[] = [];
  const gates = new Map<string, () => void>();
  const scene = makeScene(async (key) => {
    begun.push(key);
    if (key.startsWith('hangs')) await new Promise<void>((resolve) => gates.set(key, resolve));
  });
  for (const key of ['hangs 1', 'hangs 2', 'next']) scene.queue.add(key);
  await scene.clock.advance(999);
  assert.deepEqual(begun, ['hangs 1', 'hangs 2']);
  await scene.clock.advance(1);
  assert.deepEqual(begun, ['hangs 1', 'hangs 2', 'next']);
  let hasEnded = false;
  void scene.ended.then(() => (hasEnded = true));
  scene.abort.abort();
  await scene.clock.advance(1_000);
  assert.equal(hasEnded, false);
  for (const release of gates.values()) release();
  await scene.ended;
  // Those who took the places over went home with the others.
  assert.equal(scene.clock.pending, 0);
});
