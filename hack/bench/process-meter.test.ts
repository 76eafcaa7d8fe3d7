import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forgetPeak, parseAge, parseUsage, readAge, readUsage } from './process-meter.ts';

const status = 'Name:\tnode\nVmPeak:\t  999999 kB\nVmHWM:\t   90000 kB\nVmRSS:\t   80000 kB\nThreads:\t11\n';
const stat = '4242 (a (strange) name) S 1 4242 4242 0 -1 4194304 100 0 0 0 250 50 0 0 20 0 11 0 123456 1000000 20000 18446744073709551615';

test('memory and processor time are read whatever the process is called', () => {
  assert.deepEqual(parseUsage(status, stat), { rssBytes: 80_000 * 1_024, peakRssBytes: 90_000 * 1_024, cpuSeconds: 3 });
});

test('the age is the machine\'s uptime less the start', () => {
  assert.equal(parseAge(stat, '1240.56 2000.00\n'), 6);
});

test('a process that has ended is an error, not a zero', () => {
  assert.throws(() => parseUsage('Name:\tnode\nState:\tZ (zombie)\n', stat), /it has ended/);
});

test('this process has memory, an age and a peak that can be forgotten', async () => {
  await forgetPeak(process.pid);
  const { rssBytes, peakRssBytes, cpuSeconds } = await readUsage(process.pid);
  assert.ok(rssBytes > 10_000_000 && peakRssBytes >= rssBytes * 0.9 && cpuSeconds > 0);
  assert.ok((await readAge(process.pid)) >= 0);
});
