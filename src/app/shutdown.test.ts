import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeFakeClock } from '../runtime/fake-clock.ts';
import { answersMs, makeStages } from './shutdown.ts';

function stage() {
  const clock = makeFakeClock();
  const told = new AbortController();
  const stages = makeStages(told.signal, clock);
  const seen = () => [stages.stopping.aborted, stages.answers.aborted, stages.writes.aborted];
  return { clock, told, stages, seen };
}

test('nothing new is begun at once, answers are awaited for two seconds, and writes for one more', async () => {
  const { clock, told, seen } = stage();
  assert.deepEqual(seen(), [false, false, false]);
  told.abort();
  assert.deepEqual(seen(), [true, false, false]);
  await clock.advance(answersMs);
  assert.deepEqual(seen(), [true, true, false]);
  await clock.advance(1_000);
  assert.deepEqual(seen(), [true, true, true]);
});

test('when nothing is under way, nothing is waited for', () => {
  const { stages, seen } = stage();
  stages.finish();
  assert.deepEqual(seen(), [true, true, true]);
});
