import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { makeFakeClock, type FakeClock } from './fake-clock.ts';
import { WorkQueue } from './work-queue.ts';

const never = new AbortController().signal;

test('keys come out in the order in which they were added, each once', async () => {
  const queue = new WorkQueue({ clock: makeFakeClock() });
  for (const key of ['a', 'b', 'a', 'c', 'b']) queue.add(key);
  assert.equal(queue.size, 3);
  assert.deepEqual([await queue.get(never), await queue.get(never), await queue.get(never)], ['a', 'b', 'c']);
});

test('a key that is added while it is at work comes out again after done, not before', async () => {
  const queue = new WorkQueue({ clock: makeFakeClock() });
  queue.add('a');
  await queue.get(never);
  queue.add('a');
  queue.add('a');
  assert.equal(queue.size, 0);
  queue.done('a');
  assert.equal(queue.size, 1);
  assert.equal(await queue.get(never), 'a');
  queue.done('a');
  assert.equal(queue.size, 0);
});

test('of several delays the earliest counts', async () => {
  const clock = makeFakeClock();
  const queue = new WorkQueue({ clock });
  queue.addAfter('a', 5_000);
  queue.addAfter('a', 1_000);
  queue.addAfter('a', 9_000);
  await clock.advance(999);
  assert.equal(queue.size, 0);
  await clock.advance(1);
  assert.equal(queue.size, 1);
  assert.equal(clock.pending, 0);
});

test('an add ends the delay, and a delay does not queue what is ready already', async () => {
  const clock = makeFakeClock();
  const queue = new WorkQueue({ clock });
  queue.addAfter('a', 1_000);
  queue.add('a');
  queue.addAfter('a', 1_000);
  assert.equal(clock.pending, 0);
  assert.equal(await queue.get(never), 'a');
  queue.addAfter('a', 1_000);
  assert.equal(clock.pending, 1);
});

test('forget cancels the delay', async () => {
  const clock = makeFakeClock();
  const queue = new WorkQueue({ clock });
  queue.addAfter('a', 1_000);
  queue.forget('a');
  await clock.advance(10_000);
  assert.equal(queue.size, 0);
});

test('who waits for a key gets it when it comes, and undefined on abort or shutdown', async () => {
  const queue = new WorkQueue({ clock: makeFakeClock() });
  const abort = new AbortController();
  const [first, second, third] = [queue.get(abort.signal), queue.get(never), queue.get(never)];
  abort.abort();
  assert.equal(await first, undefined);
  queue.add('a');
  assert.equal(await second, 'a');
  queue.shutDown();
  assert.equal(await third, undefined);
  queue.add('b');
  queue.done('a');
  assert.equal(await queue.get(never), undefined);
});

test('a key that is dropped is gone, wherever it waits, and may come again', async () => {
  const clock = makeFakeClock();
  const queue = new WorkQueue({ clock });
  queue.add('ready');
  queue.addAfter('later', 1_000);
  queue.add('at work');
  assert.equal(await queue.get(never), 'ready');
  queue.add('ready');
  for (const key of ['ready', 'later', 'at work']) queue.drop(key);
  queue.done('ready');
  assert.deepEqual([queue.size, clock.pending], [0, 0]);
  queue.add('later');
  assert.equal(await queue.get(never), 'later');
});

const byLetter = (key: string) => ({ lane: key.slice(0, 1), isFirst: key.endsWith('!') });

test('lanes take turns, and within a lane the first go first, then who was woken, then the others', async () => {
  const queue = new WorkQueue({ clock: makeFakeClock(), laneOf: byLetter });
  for (const key of ['a1', 'a2', 'a3', 'b1', 'a4!']) queue.add(key);
  queue.wake('a5');
  const taken = await Promise.all(Array.from({ length: 6 }, () => queue.get(never)));
  assert.deepEqual(taken, ['a4!', 'b1', 'a5', 'a1', 'a2', 'a3']);
});

test('a lane has no more keys at work than it may, and others go on meanwhile', async () => {
  const queue = new WorkQueue({ clock: makeFakeClock(), laneOf: byLetter, laneLimit: 2 });
  for (const key of ['a1', 'a2', 'a3']) queue.add(key);
  assert.deepEqual([await queue.get(never), await queue.get(never)], ['a1', 'a2']);
  const next = queue.get(never);
  queue.add('b1');
  assert.equal(await next, 'b1');
  const third = queue.get(never);
  queue.done('a1');
  assert.equal(await third, 'a3');
});

type Step =
  | { readonly do: 'add'; readonly key: string }
  | { readonly do: 'addAfter'; readonly key: string; readonly ms: number }
  | { readonly do: 'take' }
  | { readonly do: 'done'; readonly nth: number }
  | { readonly do: 'advance'; readonly ms: number };

const key = fc.constantFrom('a', 'b', 'c!', 'aa');
const ms = fc.integer({ min: 0, max: 50 });
const steps = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('add' as const), key }),
    fc.record({ do: fc.constant('addAfter' as const), key, ms }),
    fc.record({ do: fc.constant('take' as const) }),
    fc.record({ do: fc.constant('done' as const), nth: fc.nat(2) }),
    fc.record({ do: fc.constant('advance' as const), ms }),
  ),
  { maxLength: 40 },
);

/** What must hold whatever happens: `owed` are the instants by which each key must have been handed out once more. */
class Model {
  readonly clock: FakeClock = makeFakeClock(0);
  readonly queue = new WorkQueue({ clock: this.clock });
  readonly atWork: string[] = [];
  readonly owed = new Map<string, number>();

  owe(key: string, dueMs: number): void {
    this.owed.set(key, Math.min(dueMs, this.owed.get(key) ?? Infinity));
  }

  async take(): Promise<void> {
    if (this.queue.size === 0) return;
    const key = await this.queue.get(never);
    assert.ok(key !== undefined && !this.atWork.includes(key), `${key} is at work twice`);
    assert.ok((this.owed.get(key) ?? Infinity) <= this.clock.now(), `${key} came too early, or nobody asked for it`);
    this.owed.delete(key);
    this.atWork.push(key);
  }

  async run(step: Step): Promise<void> {
    switch (step.do) {
      case 'add':
        this.queue.add(step.key);
        return this.owe(step.key, this.clock.now());
      case 'addAfter':
        this.queue.addAfter(step.key, step.ms);
        return this.owe(step.key, this.clock.now() + step.ms);
      case 'take':
        return await this.take();
      case 'done':
        return this.atWork.splice(step.nth, 1).forEach((key) => this.queue.done(key));
      case 'advance':
        return await this.clock.advance(step.ms);
    }
  }

  check(): void {
    const due = [...this.owed].filter(([key, at]) => at <= this.clock.now() && !this.atWork.includes(key));
    assert.equal(this.queue.size, due.length, 'one entry for each key that is due and not at work');
  }
}

test('whatever happens, no key is at work twice, none is queued twice, and nothing is lost', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (script) => {
      const model = new Model();
      for (const step of script) {
        await model.run(step);
        model.check();
      }
      await model.run({ do: 'advance', ms: 50 });
      while (model.owed.size > 0) {
        await model.take();
        await model.run({ do: 'done', nth: 0 });
        model.check();
      }
    }),
    { numRuns: 200 },
  );
});
