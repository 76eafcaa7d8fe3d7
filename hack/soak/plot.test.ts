import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sample } from './sample.ts';
import { apart, drawSoak, niceSteps } from './plot.ts';

const samples: readonly Sample[] = Array.from({ length: 13 }, (_, index) => ({
  atSeconds: index * 10, rssBytes: 9e7 + index, cpuSeconds: index, sockets: 9, timers: 20, eventLoopDelayMs: 21, pending: 4, oldestPendingSeconds: 2, warnings: [],
  ...(index % 6 === 0 ? { collected: { liveHeapBytes: 2e7, listeners: 12, signals: 9 } } : {}),
}));

test('every series is drawn, and every trouble that was reached', () => {
  const svg = drawSoak(samples, [
    { atSeconds: 20, lastsSeconds: 10, what: 'lost answers', act: { kind: 'fault', orders: [] } },
    { atSeconds: 60, lastsSeconds: 0, what: 'an issuer is edited', act: { kind: 'edit-issuer', issuer: 0 } },
    { atSeconds: 500, lastsSeconds: 5, what: 'never', act: { kind: 'fault', orders: [] } },
  ], 12);
  assert.equal(svg.match(/<polyline/g)?.length, 6);
  assert.equal(svg.match(/lost answers/g)?.length, 2);
  assert.doesNotMatch(svg, /never|NaN|undefined|Infinity/);
  assert.match(svg, /prefers-color-scheme: dark/);
});

test('nothing measured yet is drawn without numbers that are none', () => {
  assert.doesNotMatch(drawSoak([], [], 0), /NaN|undefined|Infinity/);
});

test('an axis has round steps', () => {
  assert.deepEqual(niceSteps(60, 6), [0, 10, 20, 30, 40, 50, 60]);
  assert.deepEqual(niceSteps(97, 5), [0, 20, 40, 60, 80]);
  assert.deepEqual(niceSteps(2, 6), [0, 0.5, 1, 1.5, 2]);
});

test('labels do not lie on each other', () => {
  assert.deepEqual(apart([100, 101, 50]), [100, 115, 50]);
});
