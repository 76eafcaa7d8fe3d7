import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readWatchEvent } from './watch-event.ts';

const read = (event: unknown) => readWatchEvent('WATCH x', typeof event === 'string' ? event : JSON.stringify(event));

test('changes and bookmarks carry the version after them', () => {
  const object = { metadata: { resourceVersion: '9' } };
  assert.deepEqual(read({ type: 'MODIFIED', object }), { kind: 'change', type: 'modified', object, resourceVersion: '9' });
  assert.deepEqual(read({ type: 'BOOKMARK', object }), { kind: 'bookmark', resourceVersion: '9' });
});

test('an ERROR is the refusal that its Status tells', () => {
  const object = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version: 1 (2)' };
  assert.deepEqual(read({ type: 'ERROR', object }), {
    kind: 'error',
    failure: { class: 'conflict', code: '410 Expired', message: 'too old resource version: 1 (2)', operation: 'WATCH x', status: 410 },
  });
});

test('anything else is an error, so that nothing is missed silently', () => {
  for (const line of ['{"type": "MODI', 'null', '[]', { type: 'ADDED', object: {} }, { type: 'NEW', object: { metadata: { resourceVersion: '9' } } }]) {
    const event = read(line);
    assert.equal(event.kind === 'error' && event.failure.code, 'UnreadableWatch');
  }
});
