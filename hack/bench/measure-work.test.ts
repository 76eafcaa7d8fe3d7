import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JournalEntry } from '../pca-emulator/src/journal/journal-entry.ts';
import { callsOf, outcomeOf } from './measure-work.ts';

const entry = (operation: string, outcome = 'ok', fault?: string): JournalEntry => ({
  seq: 1, time: '2026-01-01T00:00:00Z', operation, requestId: 'r', outcome, issued: false, replayed: false, durationMs: 1, ...(fault === undefined ? {} : { fault }),
});

test('latency counts from each request\'s own approval, the makespan from the first one to the last end', () => {
  const { issued, failed, pending, latencySeconds, makespanSeconds } = outcomeOf([
    { approvedAtMs: 1_000, endedAtMs: 5_000, reason: 'Issued' },
    { approvedAtMs: 3_000, endedAtMs: 4_000, reason: 'Issued' },
  ]);
  assert.deepEqual({ issued, failed, pending, latencySeconds, makespanSeconds }, { issued: 2, failed: 0, pending: 0, latencySeconds: [1, 4], makespanSeconds: 4 });
});

test('what Failed and what never ended is counted, and has no latency', () => {
  const { issued, failed, pending, complaint, latencySeconds } = outcomeOf([
    { approvedAtMs: 0, endedAtMs: 1_000, reason: 'Failed', message: 'no' },
    { approvedAtMs: 0 },
    {},
  ]);
  assert.deepEqual({ issued, failed, pending, complaint, latencySeconds }, { issued: 0, failed: 1, pending: 2, complaint: 'no', latencySeconds: [] });
});

test('where nothing ended the makespan is zero, not endless', () => {
  assert.equal(outcomeOf([{ approvedAtMs: 5 }]).makespanSeconds, 0);
});

test('calls count by operation, and the quota\'s refusals apart from those of a fault', () => {
  const entries = [entry('IssueCertificate'), entry('IssueCertificate', 'ThrottlingException'), entry('IssueCertificate', 'ThrottlingException', 'throttle'), entry('GetCertificate')];
  assert.deepEqual(callsOf(entries), { awsCalls: { IssueCertificate: 3, GetCertificate: 1 }, throttled: 1 });
});
