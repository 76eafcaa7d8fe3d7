import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import type { ApiObject } from './objects.ts';
import type { Call, Transport } from './transport.ts';
import { makeWait } from './wait.ts';

const where = { apiVersion: 'v1', kind: 'A', namespace: 'n', name: 'a' };
const object = (version: number, status?: unknown): ApiObject => ({ apiVersion: 'v1', kind: 'A', metadata: { name: 'a', namespace: 'n', resourceVersion: String(version) }, ...(status === undefined ? {} : { status }) });

/** Answers each list and each watch with the next of its script; a watch without script stays silent until it is aborted. */
function scripted(lists: (readonly ApiObject[])[], watches: (readonly unknown[])[]): Transport & { readonly asked: string[] } {
  const asked: string[] = [];
  const open = async ({ path, signal }: Call) => {
    asked.push(path);
    if (!path.includes('watch=true')) return { json: async () => ({ items: lists.shift() ?? [], metadata: { resourceVersion: '7' } }) };
    const events = watches.shift();
    if (events !== undefined) return Readable.from(events.map((event) => `${JSON.stringify(event)}\n`));
    const silence = new Readable({ read: () => {} });
    signal?.addEventListener('abort', () => silence.destroy(new Error('aborted')));
    return silence;
  };
  return { server: '', caPem: '', asked, open: open as unknown as Transport['open'], close: async () => {} };
}

const ready = ({ object: seen }: { object: ApiObject | undefined }) => (seen?.['status'] === 'ready' ? seen.metadata.resourceVersion : undefined);
const waitOn = (transport: Transport) => makeWait(transport, async () => '/api/v1/namespaces/n/as', new AbortController().signal);

test('a state that is there already is found by the list alone', async () => {
  const transport = scripted([[object(1, 'ready')]], []);
  assert.equal(await waitOn(transport)(where, {}, ready), '1');
  assert.deepEqual(transport.asked, ['/api/v1/namespaces/n/as?fieldSelector=metadata.name%3Da']);
});

test('a state that comes later is found by the watch, from the version of the list on', async () => {
  const transport = scripted([[object(1)]], [[{ type: 'BOOKMARK', object: object(2) }, { type: 'MODIFIED', object: object(3, 'ready') }]]);
  assert.equal(await waitOn(transport)(where, {}, ready), '3');
  assert.match(transport.asked[1] ?? '', /watch=true.*resourceVersion=7/);
});

test('a watch that ends or whose version is too old is followed by another list', async () => {
  const tooOld = { type: 'ERROR', object: { code: 410 } };
  const transport = scripted([[object(1)], [object(2)], [object(4, 'ready')]], [[], [tooOld]]);
  assert.equal(await waitOn(transport)(where, {}, ready), '4');
  assert.equal(transport.asked.length, 5);
});

test('an object that is deleted is gone in the next look', async () => {
  const transport = scripted([[object(1)]], [[{ type: 'DELETED', object: object(2) }]]);
  const gone = await waitOn(transport)(where, {}, ({ object: seen, present }) => (seen === undefined && present.size === 0 ? true : undefined));
  assert.equal(gone, true);
});

test('a state that does not come ends in a sentence with what was seen last', async () => {
  const conditions = [{ type: 'Ready', status: 'False', reason: 'Pending', message: 'the issuer is not ready' }];
  const transport = scripted([[object(1, { conditions })]], []);
  await assert.rejects(waitOn(transport)(where, { timeoutMs: 5, what: 'the request to be ready' }, ready), {
    message: 'waited 0.005 s for the request to be ready; last seen: Ready=False Pending: the issuer is not ready',
  });
});
