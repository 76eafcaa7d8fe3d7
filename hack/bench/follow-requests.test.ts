import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiObject } from '../control-plane/api/objects.ts';
import { note, type Sighting } from './follow-requests.ts';

const request = (...conditions: readonly object[]): ApiObject => ({ apiVersion: 'cert-manager.io/v1', kind: 'CertificateRequest', metadata: { name: 'a' }, status: { conditions } });
const approved = { type: 'Approved', status: 'True' };

test('the first sight of each state counts, later ones change nothing', () => {
  const sighting: Sighting = {};
  note(sighting, request(), 1);
  assert.deepEqual(sighting, {});
  note(sighting, request(approved), 2);
  note(sighting, request(approved, { type: 'Ready', status: 'False', reason: 'Pending' }), 3);
  assert.deepEqual(sighting, { approvedAtMs: 2 });
  note(sighting, request(approved, { type: 'Ready', status: 'True', reason: 'Issued', message: 'done' }), 4);
  note(sighting, request(approved, { type: 'Ready', status: 'True', reason: 'Issued', message: 'again' }), 5);
  assert.deepEqual(sighting, { approvedAtMs: 2, endedAtMs: 4, reason: 'Issued', message: 'done' });
});

test('a request that Failed has ended', () => {
  const sighting: Sighting = {};
  note(sighting, request(approved, { type: 'Ready', status: 'False', reason: 'Failed', message: 'no' }), 7);
  assert.deepEqual(sighting, { approvedAtMs: 7, endedAtMs: 7, reason: 'Failed', message: 'no' });
});
