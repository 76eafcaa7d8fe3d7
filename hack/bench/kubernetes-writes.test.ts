import assert from 'node:assert/strict';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { countWrites, markAudit } from './kubernetes-writes.ts';

const event = (username: string, verb: string, resource: string, subresource?: string, code = 200): string =>
  `${JSON.stringify({ kind: 'Event', verb, user: { username }, objectRef: { resource, subresource }, responseStatus: { code } })}\n`;

test('writes are counted by verb and resource, for one user', () => {
  const lines = [
    event('ours', 'patch', 'certificaterequests', 'status'), event('ours', 'patch', 'certificaterequests', 'status'),
    event('ours', 'patch', 'certificaterequests'), event('admin', 'create', 'certificaterequests'),
  ].join('');
  assert.deepEqual(countWrites(lines, 'ours'), { 'patch certificaterequests/status': 2, 'patch certificaterequests': 1 });
});

test('a write that was refused is told apart', () => {
  assert.deepEqual(countWrites(event('ours', 'update', 'certificaterequests', 'status', 409), 'ours'), { 'update certificaterequests/status, refused with 409': 1 });
});

test('only what comes after the mark counts, and half a line is left for later', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'bench-audit-'));
  try {
    const file = join(directory, 'audit.log');
    await writeFile(file, event('ours', 'create', 'events'));
    const mark = await markAudit(directory);
    assert.deepEqual(await mark.writesOf('ours'), {});
    await appendFile(file, `${event('ours', 'patch', 'events')}{"verb":"pat`);
    assert.deepEqual(await mark.writesOf('ours'), { 'patch events': 1 });
  } finally {
    await rm(directory, { recursive: true });
  }
});
