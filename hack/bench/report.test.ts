import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Measurement } from './measurement.ts';
import { reportOf } from './report.ts';
import { formatted, table } from './report-tables.ts';
import { ofWork, type Results } from './results.ts';
import { rawText } from './write-report.ts';

const measurement = (controller: 'ours' | 'peer', change: Partial<Measurement> = {}): Measurement => ({
  item: '100', controller, requests: 100, issued: 100, failed: 0, pending: 0, duplicates: 0, makespanSeconds: 6.5, latencySeconds: [2, 3, 4],
  awsCalls: { IssueCertificate: 100, GetCertificate: 110 }, throttled: 0, writes: { 'patch certificaterequests': 100 }, cpuSeconds: 0.6,
  rssBytes: { before: 80e6, after: 90e6, peak: 95e6 }, start: { readySeconds: 0.4, firstIssuedSeconds: 2.3 }, ...change,
});
const results = (...measurements: readonly Measurement[]): Results => ({
  startedAt: '2026-01-01T00:00:00Z', minutes: 12.4, command: 'npm run bench', rounds: 1, versions: { Node: 'v24.0.0' }, measurements, memory: [],
  machine: { cores: 2, processor: 'a processor', memoryBytes: 8e9, kernel: '6.1', node: 'v24.0.0', go: 'go1.26' },
});
const files = { plot: 'docs/benchmark-latency.svg', raw: 'docs/benchmark.json' };

test('a goal that is met has a tick, one that is missed a cross, one that was not measured neither', () => {
  const text = reportOf(results(measurement('ours', { makespanSeconds: 8 }), measurement('peer', { makespanSeconds: 33 })), files);
  assert.match(text, /\| 100 requests at once: all issued after \| 33 s \| 8 s \| 7 s \| ✗ \|/);
  assert.match(text, /\| 100 requests at once: p50 \| 3 s \| 3 s \| 4\.5 s \| ✓ \|/);
  assert.match(text, /\| RSS at rest \| – \| – \| 100 MB \| – \|/);
  assert.match(text, /1 of \d+ goals are missed/);
});

test('requests that were never issued break a goal, however fast the others were', () => {
  const text = reportOf(results(measurement('ours', { issued: 99, pending: 1 })), files);
  assert.match(text, /pending when the time was up \| – \| 1 \| 0 \| ✗ \|/);
});

test('of several rounds the median is told', () => {
  const rounds = [9, 5, 6].map((makespanSeconds) => measurement('ours', { makespanSeconds }));
  assert.equal(ofWork(results(...rounds), '100', 'ours', (each) => each.makespanSeconds), 6);
  assert.match(reportOf({ ...results(...rounds), rounds: 3 }, files), /3 rounds, of which medians are shown/);
});

test('a run that broke off says so', () => {
  assert.match(reportOf({ ...results(measurement('ours')), brokenOff: 'ours did not\nissue' }, files), /broke off\*\*, so that numbers are missing: ours did not issue/);
});

test('plot and raw numbers are linked by name, without a folder', () => {
  const text = reportOf(results(measurement('ours')), files);
  assert.match(text, /\]\(benchmark-latency\.svg\)/);
  assert.match(text, /\[benchmark\.json\]\(benchmark\.json\)/);
});

test('raw numbers are JSON, one measurement a line', () => {
  const all = results(measurement('ours', { latencySeconds: [2.00049] }), measurement('peer'));
  const text = rawText(all);
  assert.deepEqual((JSON.parse(text) as Results).measurements.map(({ latencySeconds }) => latencySeconds), [[2], [2, 3, 4]]);
  assert.equal(text.split('\n').filter((line) => line.includes('"makespanSeconds"')).length, 2);
});

test('numbers have three digits, and a table its line under the head', () => {
  assert.deepEqual([0, 0.1234, 4.25, 33.66, 166.4, 3_000].map(formatted), ['0', '0.123', '4.25', '33.7', '166', '3000']);
  assert.equal(table(['', 'a'], [['row', 1]]), '|  | a |\n| --- | ---: |\n| row | 1 |');
});
