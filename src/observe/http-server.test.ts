import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { startHttpServer, type Routes } from './http-server.ts';

async function stage(t: TestContext, routes: Routes): Promise<string> {
  const server = await startHttpServer({ address: '127.0.0.1:0', routes });
  t.after(() => server.close());
  return server.url ?? assert.fail('it is off');
}

test('a path is answered by its route, others by 404, other methods by 405', async (t) => {
  const url = await stage(t, { '/a': (target) => ({ status: 200, body: `a${target.search}` }) });
  const answered = await fetch(`${url}/a?x=1`);
  assert.equal(answered.status, 200);
  assert.equal(answered.headers.get('content-type'), 'text/plain; charset=utf-8');
  assert.equal(await answered.text(), 'a?x=1');
  for (const path of ['/b', '/a/', '/constructor', '//']) assert.equal((await fetch(`${url}${path}`)).status, 404, path);
  assert.equal((await fetch(`${url}/a`, { method: 'POST' })).status, 405);
  const head = await fetch(`${url}/a`, { method: 'HEAD' });
  assert.equal(head.status, 200);
  assert.equal(await head.text(), '');
});

test('a route that throws is a 500 without details', async (t) => {
  const url = await stage(t, { '/a': () => Promise.reject(new Error('hush')) });
  const answered = await fetch(`${url}/a`);
  assert.equal(answered.status, 500);
  assert.doesNotMatch(await answered.text(), /hush/);
});

test('0 switches the server off', async () => {
  const server = await startHttpServer({ address: '0', routes: {} });
  assert.equal(server.url, undefined);
  await server.close();
});

test('an address that is taken or is none is told in a sentence', async (t) => {
  const url = await stage(t, {});
  const address = url.replace('http://', '');
  await assert.rejects(startHttpServer({ address, routes: {} }), new RegExp(`^Error: cannot listen on ${address}: .*EADDRINUSE`));
  await assert.rejects(startHttpServer({ address: '8081', routes: {} }), /"8081" is not an address to listen on/);
});

test('closing waits for what is under way, and does not wait for idle connections', async () => {
  const gate = Promise.withResolvers<void>();
  const entered = Promise.withResolvers<void>();
  const routes: Routes = {
    '/slow': async () => {
      entered.resolve();
      await gate.promise;
      return { status: 200, body: 'done' };
    },
    '/quick': () => ({ status: 200, body: 'quick' }),
  };
  const server = await startHttpServer({ address: '127.0.0.1:0', routes });
  await (await fetch(`${server.url}/quick`)).text();
  const slow = fetch(`${server.url}/slow`);
  await entered.promise;
  const closed = server.close();
  gate.resolve();
  assert.equal(await (await slow).text(), 'done');
  await closed;
});
