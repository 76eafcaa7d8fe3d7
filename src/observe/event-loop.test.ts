import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeFakeClock } from '../runtime/fake-clock.ts';
import type { Logger } from '../runtime/ports.ts';
import { watchEventLoop } from './event-loop.ts';

/** `stand` blocks the loop: time passes, and what fell due meanwhile runs only afterwards. */
function stage() {
  const clock = makeFakeClock();
  const warned: string[] = [];
  const logger: Logger = { debug() {}, info() {}, warn: (message) => void warned.push(message), error() {}, with: () => logger };
  let stoodMs = 0;
  const watch = watchEventLoop({ clock, monotonicMs: () => clock.now() + stoodMs, logger });
  const stand = async (ms: number): Promise<void> => {
    stoodMs += ms;
    await clock.advance(1_000);
  };
  return { clock, warned, watch, stand };
}

test('a loop that turns is well, and so is one that stood still once, even for an hour', async () => {
  const { clock, warned, watch, stand } = stage();
  await clock.advance(60_000);
  assert.deepEqual([watch.check(), warned], [undefined, []]);
  await stand(3_600_000);
  assert.deepEqual([watch.check(), warned], [undefined, ['the event loop stood still']]);
});

test('a loop that moves in long jerks only is not, until it beats on time again', async () => {
  const { clock, watch, stand } = stage();
  for (let jerk = 0; jerk < 4; jerk++) await stand(7_500);
  assert.equal(watch.check(), undefined);
  await stand(7_500);
  assert.equal(watch.check(), 'the last 5 beats of the event loop were late, the last one by 7 s');
  await clock.advance(1_000);
  assert.equal(watch.check(), undefined);
});

test('a busy loop whose beats are a little late is well', async () => {
  const { watch, stand } = stage();
  for (let jerk = 0; jerk < 20; jerk++) await stand(4_000);
  assert.equal(watch.check(), undefined);
});

test('a watch that was stopped leaves no timer behind', () => {
  const { clock, watch } = stage();
  watch.stop();
  assert.equal(clock.pending, 0);
});
