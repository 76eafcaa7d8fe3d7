import assert from 'node:assert/strict';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { test, type TestContext } from 'node:test';
import { makeFakeClock } from '../runtime/fake-clock.ts';
import type { FailureError } from './errors.ts';
import { defaultTimeouts, makeHttpHandler, type Unanswered } from './http-handler.ts';

async function listen(t: TestContext, server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => void server.close());
  return (server.address() as AddressInfo).port;
}

function stage(t: TestContext, leads = (): boolean => true) {
  const clock = makeFakeClock();
  const handler = makeHttpHandler(defaultTimeouts, { clock, permit: { holds: leads } });
  t.after(() => handler.destroy());
  const request = (protocol: string, port: number) => ({ method: 'POST', protocol, hostname: '127.0.0.1', port, path: '/', headers: { 'content-length': '1' }, body: 'x' });
  return { clock, handler, request };
}

async function errorOf(promise: Promise<unknown>): Promise<Unanswered & { code?: string }> {
  return promise.then(
    () => assert.fail('it was answered'),
    (error: unknown) => error as Unanswered & { code?: string },
  );
}

test('an answer is handed over whole, and no timer stays behind', async (t) => {
  const { clock, handler, request } = stage(t);
  const port = await listen(t, createServer((socket) => socket.once('data', () => socket.write('HTTP/1.1 503 Busy\r\nContent-Length: 2\r\nX-One: 1\r\n\r\nno'))));
  const { response } = await handler.handle(request('http:', port));
  assert.equal(response.statusCode, 503);
  assert.equal(response.headers['x-one'], '1');
  assert.equal(Buffer.from(response.body).toString(), 'no');
  await clock.advance(0);
  assert.equal(clock.pending, 0);
});

test('an answer that does not end is cut off before it fills the memory', async (t) => {
  const { clock, handler, request } = stage(t);
  let sentBytes = 0;
  const flood = Buffer.alloc(64 * 1024);
  const port = await listen(t, createServer((socket) => {
    const pour = (): void => {
      while (socket.writable) {
        sentBytes += flood.length;
        if (!socket.write(flood)) return;
      }
    };
    socket.on('error', () => {}).on('drain', pour).once('data', () => (socket.write('HTTP/1.1 200 OK\r\n\r\n'), pour()));
  }));
  const error = await errorOf(handler.handle(request('http:', port)));
  assert.equal(error.code, 'UnreadableAnswer');
  assert.equal(error.wasSent, true);
  assert.ok(sentBytes > 4_000_000 && sentBytes < 32_000_000, `${sentBytes} bytes were sent`);
  await clock.advance(0);
  assert.equal(clock.pending, 0);
});

test('a connection that is cut under way was sent', async (t) => {
  const { clock, handler, request } = stage(t);
  const port = await listen(t, createServer((socket) => socket.once('data', () => socket.resetAndDestroy())));
  const error = await errorOf(handler.handle(request('http:', port)));
  assert.equal(error.code, 'ECONNRESET');
  assert.equal(error.wasSent, true);
  assert.equal(clock.pending, 0);
});

test('what fails before the TLS handshake is done was not sent', async (t) => {
  const { handler, request } = stage(t);
  const resets = await listen(t, createServer((socket) => socket.once('data', () => socket.resetAndDestroy())));
  const ends = await listen(t, createServer((socket) => socket.once('data', () => socket.end())));
  const speaksPlain = await listen(t, createServer((socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))));
  for (const port of [resets, ends, speaksPlain]) {
    assert.equal((await errorOf(handler.handle(request('https:', port)))).wasSent, false);
  }
});

test('a TLS handshake that hangs ends after 3 seconds and was not sent', async (t) => {
  const { clock, handler, request } = stage(t);
  const greeted = Promise.withResolvers<void>();
  const port = await listen(t, createServer((socket) => socket.on('error', () => {}).once('data', () => greeted.resolve())));
  const failed = errorOf(handler.handle(request('https:', port)));
  await greeted.promise;
  await clock.advance(3_000);
  const error = await failed;
  assert.equal(error.code, 'ConnectTimeout');
  assert.equal(error.wasSent, false);
});

test('a call that is broken off beforehand sends nothing', async (t) => {
  const { handler, request } = stage(t);
  const error = await errorOf(handler.handle(request('http:', 1), { abortSignal: AbortSignal.abort() }));
  assert.equal(error.code, 'AbortError');
  assert.equal(error.wasSent, false);
});

test('many calls under one signal leave no listener behind', async (t) => {
  const { handler, request } = stage(t);
  const port = await listen(t, createServer((socket) => socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'))));
  const { signal } = new AbortController();
  let listeners = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => (listeners++, add(...args));
  signal.removeEventListener = (...args: Parameters<typeof remove>) => (listeners--, remove(...args));
  for (let call = 0; call < 5; call++) await handler.handle(request('http:', port), { abortSignal: signal });
  await new Promise(setImmediate);
  assert.equal(listeners, 0);
});

test('a process that lost the lease while its connection was made sends nothing on it', async (t) => {
  let leads = true;
  const { handler, request } = stage(t, () => leads);
  const heard: Buffer[] = [];
  const server = createServer((socket) => socket.on('error', () => {}).on('data', (bytes) => heard.push(bytes)));
  const port = await listen(t, server);
  const failed = errorOf(handler.handle(request('http:', port)));
  leads = false;
  const error = await failed;
  assert.equal(error.wasSent, false);
  assert.equal((error as unknown as FailureError).failure.code, 'NotLeader');
  assert.deepEqual(heard, []);
});
