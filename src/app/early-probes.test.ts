import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { openEarlyProbes } from './early-probes.ts';

const routes = { '/healthz': () => ({ status: 200, body: 'ok\n' }) };

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { readonly port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test('whoever asks before the answers are known is answered once they are', async () => {
  const port = await freePort();
  const early = openEarlyProbes(['controller', `--health-probe-bind-address=127.0.0.1:${port}`], {}) ?? assert.fail('no server');
  const asked = get(`http://127.0.0.1:${port}/healthz`);
  const answered = once(asked, 'response');
  const [socket] = (await once(asked, 'socket')) as [Socket];
  await once(socket, 'connect');
  const server = await early.answerWith(routes);
  const [{ statusCode }] = (await answered) as [IncomingMessage];
  assert.equal(statusCode, 200);
  asked.destroy();
  await server.close();
});

test('a port that is taken is told to whoever brings the answers', async () => {
  const port = await freePort();
  const flags = [`--health-probe-bind-address=127.0.0.1:${port}`];
  const server = await openEarlyProbes(flags, {})?.answerWith(routes);
  const second = openEarlyProbes(flags, {}) ?? assert.fail('no server');
  await assert.rejects(second.answerWith(routes), /cannot listen on 127.0.0.1:/);
  await server?.close();
});

test('other commands, help and wrong flags open nothing', () => {
  for (const args of [['version'], ['--version'], ['--help'], ['verify', '--context', 'a'], ['controller', '--help'], ['controller', '--no-such-flag']]) {
    assert.equal(openEarlyProbes(args, {}), undefined, args.join(' '));
  }
});

test('0 switches the probes off here as well', async () => {
  const server = await openEarlyProbes(['--health-probe-bind-address=0'], {})?.answerWith(routes);
  assert.equal(server?.url, undefined);
});
