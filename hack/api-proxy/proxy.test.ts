import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { answerAdmin } from './admin.ts';
import { connectProxy } from './client.ts';
import { makeProxy } from './proxy.ts';
import { openUpstream } from './upstream.ts';

const requests = '/apis/cert-manager.io/v1/certificaterequests';
const resource = 'certificaterequests';

async function listen(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.closeAllConnections());
  t.after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A proxy before a server that answers with what it was asked, and keeps watches open. */
async function makeScene(t: TestContext) {
  const asked: string[] = [];
  const watches: ServerResponse[] = [];
  const server = await listen(t, (request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (request.url?.includes('watch=true') === true) {
      response.writeHead(200).flushHeaders();
      return void watches.push(response);
    }
    response.setHeader('x-token', String(request.headers.authorization));
    void request.toArray().then((chunks) => response.end(`heard: ${Buffer.concat(chunks as Buffer[]).toString()}`));
  });
  const upstream = openUpstream(server, undefined);
  t.after(() => upstream.close());
  const proxy = makeProxy(upstream);
  const url = await listen(t, (request, response) => void proxy.handle(request, response));
  const admin = connectProxy(await listen(t, (request, response) => void answerAdmin(proxy, request, response)));
  const watch = async (): Promise<ReadableStreamDefaultReader<string>> => {
    const answer = await fetch(`${url}${requests}?watch=true`);
    watches.at(-1)?.write('{"n":0}\n');
    return answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  };
  return { url, admin, asked, watches, watch };
}

test('a call is passed on as it came, and its answer as it is', async (t) => {
  const { url, admin, asked } = await makeScene(t);
  const answer = await fetch(`${url}${requests}?dryRun=All`, { method: 'POST', body: 'words', headers: { authorization: 'Bearer a' } });
  assert.deepEqual([answer.status, answer.headers.get('x-token'), await answer.text()], [200, 'Bearer a', 'heard: words']);
  assert.deepEqual(asked, [`POST ${requests}?dryRun=All`]);
  const [entry] = (await admin.view()).entries;
  assert.deepEqual([entry?.verb, entry?.resource, entry?.status, entry?.trouble], ['create', resource, 200, undefined]);
});

test('a refusal stands in for the API server as often as it was ordered, and only where it fits', async (t) => {
  const { url, admin, asked } = await makeScene(t);
  await admin.fault({ on: { verb: 'list', resource }, act: { kind: 'answer', status: 429, retryAfterSeconds: 2 }, times: 2 });
  const answers = [`${requests}/a`, requests, requests, requests].map((path) => fetch(`${url}${path}`));
  assert.equal((await Promise.all(answers)).filter(({ status }) => status === 429).length, 2);
  assert.equal(asked.length, 2);
});

test('a refusal has the form of the API server\'s own', async (t) => {
  const { url, admin } = await makeScene(t);
  await admin.fault({ on: {}, act: { kind: 'answer', status: 429, message: 'busy', retryAfterSeconds: 2 } });
  const answer = await fetch(`${url}${requests}`);
  const { kind, code, message } = (await answer.json()) as Record<string, unknown>;
  assert.deepEqual([answer.headers.get('retry-after'), kind, code, message], ['2', 'Status', 429, 'busy']);
});

test('reset, lost and cut break the connection before, behind and in the middle of the answer', async (t) => {
  const { url, admin, asked } = await makeScene(t);
  for (const [kind, heard] of [['reset', 0], ['lost', 1], ['cut', 2]] as const) {
    await admin.fault({ on: {}, act: { kind } });
    await assert.rejects(fetch(`${url}${requests}/a`).then((answer) => answer.text()), kind);
    assert.equal(asked.length, heard, kind);
  }
  assert.deepEqual((await admin.view()).entries.map(({ trouble, status }) => [trouble, status]), [['reset', undefined], ['lost', undefined], ['cut', undefined]]);
});

test('a held call reaches the API server when it is released', async (t) => {
  const { url, admin, asked } = await makeScene(t);
  const hold = await admin.hold({ verb: 'get' });
  const answer = fetch(`${url}${requests}/a`);
  await hold.caught;
  assert.deepEqual(asked, []);
  await hold.release();
  assert.equal((await answer).status, 200);
  assert.deepEqual((await admin.view()).held, []);
});

test('a caller who leaves a held call is written down, and the API server never hears of him', async (t) => {
  const { url, admin, asked } = await makeScene(t);
  const hold = await admin.hold({ verb: 'get' });
  const leave = new AbortController();
  const answer = fetch(`${url}${requests}/a`, { signal: leave.signal });
  await hold.caught;
  leave.abort();
  await assert.rejects(answer, /aborted/);
  const { entries, held } = await admin.until(({ entries }) => entries.length === 1, { what: 'an entry' });
  assert.deepEqual([entries[0]?.trouble, entries[0]?.status, held, asked], ['hold', undefined, [], []]);
});

test('lists are cut to pages', async (t) => {
  const { url, admin, asked } = await makeScene(t);
  await admin.pageSize(3);
  await fetch(`${url}${requests}?limit=500`);
  await admin.pageSize(0);
  await fetch(`${url}${requests}?limit=500`);
  assert.deepEqual(asked, [`GET ${requests}?limit=3`, `GET ${requests}?limit=500`]);
});

test('open watches are counted, speak when told to, and count no more when they are silent or gone', async (t) => {
  const { admin, watches, watch } = await makeScene(t);
  const lines = await watch();
  await admin.until(({ watches }) => watches[resource] === 1, { what: 'an open watch' });
  assert.equal((await lines.read()).value, '{"n":0}\n');
  assert.equal(await admin.trouble({ kind: 'say', line: '{"n":1}' }), 1);
  assert.equal((await lines.read()).value, '{"n":1}\n');
  assert.equal(await admin.trouble({ kind: 'silence' }, resource), 1);
  assert.equal((await admin.view()).watches[resource], 0);
  watches[0]?.write('{"n":2}\n');
  assert.equal(await admin.trouble({ kind: 'end' }), 0, 'a silent watch is beyond reach');
  await lines.cancel();
  assert.equal((await admin.view()).watches[resource], 0);
});

test('a watch that is ended or broken off is counted no more', async (t) => {
  const { admin, watch } = await makeScene(t);
  for (const kind of ['end', 'reset'] as const) {
    const lines = await watch();
    await admin.until(({ watches }) => watches[resource] === 1, { what: 'an open watch' });
    await lines.read();
    await admin.trouble({ kind });
    const ending = await lines.read().then(({ done }) => (done ? 'end' : 'more'), () => 'reset');
    assert.equal(ending, kind);
    await admin.until(({ watches }) => watches[resource] === 0, { what: 'no open watch' });
  }
});
