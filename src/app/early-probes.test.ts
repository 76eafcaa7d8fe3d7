import assert from 'node:assert/strict';
import { channel } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { AddressInfo, Server, Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { startEarly, type EarlyStart } from './early-probes.ts';

const routes = { '/healthz': () => ({ status: 200, body: 'ok\n' }) };
const never = new AbortController().signal;

function start(args: readonly string[], heedSignals = (): AbortSignal => never): EarlyStart | undefined {
  return startEarly(args, {}, heedSignals);
}

/** Calls back with every server of this process, until the test ends. */
function watchServers(t: TestContext, when: 'asyncStart' | 'asyncEnd', found: (server: Server) => void): void {
  const listens = channel(`tracing:net.server.listen:${when}`);
  const told = (message: unknown): void => found((message as { readonly server: Server }).server);
  listens.subscribe(told);
  t.after(() => listens.unsubscribe(told));
}

test('whoever asks before the answers are known is answered once they are', async (t) => {
  const opened = Promise.withResolvers<Server>();
  watchServers(t, 'asyncEnd', opened.resolve);
  const early = start(['controller', '--health-probe-bind-address=127.0.0.1:0']) ?? assert.fail('no server');
  const { port } = (await opened.promise).address() as AddressInfo;
  const asked = get(`http://127.0.0.1:${port}/healthz`);
  const answered = once(asked, 'response');
  const [socket] = (await once(asked, 'socket')) as [Socket];
  await once(socket, 'connect');
  const server = await early.probes.answerWith(routes);
  const [{ statusCode }] = (await answered) as [IncomingMessage];
  assert.equal(statusCode, 200);
  asked.destroy();
  await server.close();
});

test('signals are heeded before the port is open, since whoever finds it open may send one', async (t) => {
  const seen: string[] = [];
  watchServers(t, 'asyncStart', () => void seen.push('port'));
  const early = start(['--health-probe-bind-address=127.0.0.1:0'], () => {
    seen.push('signals');
    return never;
  });
  assert.equal(early?.signal, never);
  await (await early.probes.answerWith(routes)).close();
  assert.deepEqual(seen, ['signals', 'port']);
});

test('a port that is taken is told to whoever brings the answers', async () => {
  const server = (await start(['--health-probe-bind-address=127.0.0.1:0'])?.probes.answerWith(routes)) ?? assert.fail('no server');
  const { host } = new URL(server.url ?? assert.fail('no port'));
  const second = start([`--health-probe-bind-address=${host}`]) ?? assert.fail('no server');
  await assert.rejects(second.probes.answerWith(routes), /cannot listen on 127.0.0.1:/);
  await server.close();
});

test('other commands, help and wrong flags open nothing and heed no signal', () => {
  for (const args of [['version'], ['--version'], ['--help'], ['verify', '--context', 'a'], ['controller', '--help'], ['controller', '--no-such-flag']]) {
    const heed = (): never => assert.fail(args.join(' '));
    assert.equal(start(args, heed), undefined, args.join(' '));
  }
});

test('0 switches the probes off here as well', async () => {
  const server = await start(['--health-probe-bind-address=0'])?.probes.answerWith(routes);
  assert.ok(server !== undefined && server.url === undefined);
});
