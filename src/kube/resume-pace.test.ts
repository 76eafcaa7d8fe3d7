import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeFakeClock } from '../runtime/fake-clock.ts';
import type { Logger } from '../runtime/ports.ts';
import { failureOfResponse, type KubeFailure } from './errors.ts';
import { ResumePace } from './resume-pace.ts';

const refusal = (status: number, retryAfter?: string): KubeFailure => failureOfResponse({ operation: 'WATCH a', status, body: {}, retryAfter });

function makePace(): { readonly pace: ResumePace; readonly said: readonly string[] } {
  const said: string[] = [];
  const say = (message: string): void => void said.push(message);
  const logger: Logger = { debug: say, info: say, warn: say, error: say, with: () => logger };
  return { pace: new ResumePace(makeFakeClock(), logger), said };
}

test('each failure waits longer, up to half a minute, until a watch has lasted', () => {
  const { pace } = makePace();
  const delays = Array.from({ length: 9 }, () => pace.failed(refusal(500)));
  assert.deepEqual(delays, [375, 750, 1_500, 3_000, 6_000, 12_000, 22_500, 22_500, 22_500]);
  pace.heard();
  assert.equal(pace.failed(refusal(500)), 22_500, 'good news alone changes nothing');
  pace.recovered();
  assert.equal(pace.failed(refusal(500)), 375);
});

test('a version that is too old is replaced at once after other trouble, but not twice in a row', () => {
  const { pace } = makePace();
  pace.failed(refusal(500));
  assert.equal(pace.failed(refusal(410)), 0);
  pace.heard();
  assert.equal(pace.failed(refusal(410)), 1_500);
});

test('Retry-After is a lower bound, of two minutes at most', () => {
  const { pace } = makePace();
  assert.equal(pace.failed(refusal(429, '7')), 7_000);
  assert.equal(pace.failed(refusal(429, '3600')), 120_000);
});

test('the same trouble is told once, and so is its end', () => {
  const { pace, said } = makePace();
  for (const status of [500, 500, 429]) pace.failed(refusal(status));
  pace.heard();
  pace.recovered();
  assert.deepEqual(said, ['a watch was interrupted', 'a watch was interrupted', 'the watch goes on']);
});
