import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sample } from './sample.ts';
import { judgeSeries, judgeWork, seriesOfProcess, type Work } from './verdict.ts';

const sampleAt = (index: number, rssMb: number): Sample => ({
  atSeconds: index * 10, rssBytes: rssMb * 1e6, cpuSeconds: index, sockets: 9, timers: 20 + (index % 5), eventLoopDelayMs: 21,
  pending: 4, oldestPendingSeconds: 2, warnings: [], collected: { liveHeapBytes: 2e7, listeners: 12, signals: 9 },
});
const hour = (rssAt: (index: number) => number): Sample[] => Array.from({ length: 361 }, (_, index) => sampleAt(index, rssAt(index)));
const rss = seriesOfProcess.find(({ name }) => name === 'RSS') ?? assert.fail();

test('a steady process is flat in everything', () => {
  for (const series of seriesOfProcess) assert.ok(judgeSeries(series, hour((index) => 90 + (index % 7))).isFlat, series.name);
});

test('what grows only while it warms up is flat', () => {
  assert.ok(judgeSeries(rss, hour((index) => Math.min(90, 60 + index))).isFlat);
});

test('12 MB more in an hour are a leak, and so they are under noise', () => {
  assert.equal(judgeSeries(rss, hour((index) => 90 + index / 30)).isFlat, false);
  assert.equal(judgeSeries(rss, hour((index) => 90 + index / 30 + ((index * 47) % 11))).isFlat, false);
});

test('a rise below the grain is no leak, though a day of it would be', () => {
  assert.ok(judgeSeries(rss, hour((index) => 90 + index / 90)).isFlat);
});

test('two minutes cannot tell, and say so', () => {
  const { isFlat, isJudged } = judgeSeries(rss, hour((index) => 90 + index).slice(0, 13));
  assert.deepEqual([isFlat, isJudged], [true, false]);
  assert.equal(judgeSeries(rss, hour((index) => 90 + index).slice(0, 61)).isJudged, true);
});

test('a listener a minute is found', () => {
  const listeners = seriesOfProcess.find(({ name }) => name === 'listeners') ?? assert.fail();
  const samples = hour(() => 90).map((sample, index) => ({ ...sample, collected: { liveHeapBytes: 2e7, listeners: 12 + Math.floor(index / 6), signals: 9 } }));
  assert.equal(judgeSeries(listeners, samples).isFlat, false);
});

const well: Work = {
  created: 100, issued: 100, failed: 0, refused: 0, duplicates: 1, ambiguous: 1, stillPending: 0, settledSeconds: 3, settleLimitSeconds: 180, warnings: [], ended: undefined, samples: 12,
};
const broken = (change: Partial<Work>): readonly string[] => judgeWork({ ...well, ...change }).filter(({ holds }) => !holds).map(({ what }) => what);

test('work that went well has nothing against it; each fault is told by name', () => {
  assert.deepEqual(broken({}), []);
  assert.deepEqual(broken({ failed: 1 }), ['none Failed']);
  assert.equal(broken({ duplicates: 2 }).length, 1);
  assert.equal(broken({ stillPending: 1, settledSeconds: undefined }).length, 1);
  assert.equal(broken({ warnings: ['MaxListenersExceededWarning: 11 abort listeners'] }).length, 1);
  assert.equal(broken({ ended: 'exit code 134' }).length, 1);
  assert.equal(broken({ issued: 0 }).length, 1);
});
