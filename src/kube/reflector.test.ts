import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { record, text } from '../domain/json.ts';
import { makeFakeClock } from '../runtime/fake-clock.ts';
import type { Fields, Logger } from '../runtime/ports.ts';
import { brokenConnection, startFakeApiServer, statusOf, type Fault } from './fake-api-server.ts';
import { Reflector } from './reflector.ts';
import { makeTransport } from './transport.ts';

const path = '/apis/cert-manager.io/v1/certificaterequests';

/** A reflector on a fake API server that holds objects `a` and `b`; the clock moves only where a back-off is waited for. */
async function makeScene(t: TestContext, options: { readonly pageSize?: number } = {}) {
  const server = await startFakeApiServer(path, options.pageSize);
  const clock = makeFakeClock();
  const logged: { readonly level: string; readonly message: string; readonly fields: Fields | undefined }[] = [];
  const at = (level: string) => (message: string, fields?: Fields) => void logged.push({ level, message, fields });
  const logger: Logger = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), with: () => logger };
  const transport = makeTransport({ kubeconfigFile: server.kubeconfigFile, clock, logger, userAgent: 'test' });
  const changes: string[] = [];
  const reflector = new Reflector<string>({
    transport,
    clock,
    logger,
    path,
    read: (object) => text(record(object['metadata'])['resourceVersion']),
    onChange: (change) => void changes.push(`${change.type} ${change.key.name}`),
  });
  const abort = new AbortController();
  server.put('a');
  server.put('b');
  const running = reflector.run(abort.signal);
  t.after(async () => {
    abort.abort();
    await running;
    await transport.close();
    await server.close();
    assert.equal(clock.pending, 0, 'no timer is left behind');
  });

  /** Back-offs pass by themselves; deadlines and watchdogs only where a test says so. */
  const until = (what: string, isSo: () => boolean): Promise<void> => clock.advanceUntil(what, isSo, 25_000);
  const names = (): string => [...reflector.known()].map(({ key }) => key.name).toSorted().join(' ');
  const watches = (): number => server.seen.filter(({ kind }) => kind === 'watch').length;
  const lists = (): number => server.seen.length - watches();
  /** Watching, once, and what happens now arrives. */
  const isWell = async (): Promise<void> => {
    await until('one watch is open', () => server.watching === 1);
    server.put('probe');
    await until('the probe arrives', () => names().includes('probe'));
    server.remove('probe');
    await until('the probe is gone', () => !names().includes('probe'));
    assert.equal(server.watching, 1, 'exactly one watch is open');
  };
  return { server, clock, reflector, changes, logged, until, names, watches, lists, isWell };
}

test('what exists is told first, then what changes', async (t) => {
  const { server, reflector, changes, until, isWell } = await makeScene(t);
  await until('it has synced', () => reflector.hasSynced);
  assert.deepEqual(changes, ['added a', 'added b']);
  await until('it watches', () => server.watching === 1);
  server.put('c');
  server.put('a');
  server.remove('b');
  await until('three changes arrive', () => changes.length === 5);
  assert.deepEqual(changes.slice(2), ['added c', 'modified a', 'deleted b']);
  await isWell();
});

test('a list of several pages is one list, and asks for at most 250 at a time', async (t) => {
  const { server, until, names, reflector, lists, isWell } = await makeScene(t, { pageSize: 1 });
  server.put('c');
  await until('it has synced', () => reflector.hasSynced);
  assert.equal(names(), 'a b c');
  assert.equal(lists(), 3);
  assert.equal(server.seen[0]?.query.get('limit'), '250');
  await isWell();
});

test('a continue token that has expired starts the list again', async (t) => {
  const { server, until, names, reflector, isWell } = await makeScene(t, { pageSize: 1 });
  server.queue('list', undefined, statusOf(410));
  await until('it has synced', () => reflector.hasSynced);
  assert.equal(names(), 'a b');
  await isWell();
});

const troubles: Readonly<Record<string, readonly Fault[]>> = {
  '429 with Retry-After twice': [statusOf(429, { 'retry-after': '3' }), statusOf(429, { 'retry-after': '3' })],
  '500 three times': [statusOf(500), statusOf(500), statusOf(500)],
  '503 twice': [statusOf(503), statusOf(503)],
  '401 and 403': [statusOf(401), statusOf(401), statusOf(403)],
  'a broken connection three times': [brokenConnection, brokenConnection, brokenConnection],
  'an HTML page': [(response) => response.writeHead(502).end('<html>')],
};
for (const [trouble, faults] of Object.entries(troubles)) {
  test(`a list answered by ${trouble} succeeds afterwards`, async (t) => {
    const { server, until, names, reflector, isWell } = await makeScene(t);
    server.queue('list', ...faults);
    await until('it has synced', () => reflector.hasSynced);
    assert.equal(names(), 'a b');
    await isWell();
  });

  test(`a watch answered by ${trouble} goes on from where it was`, async (t) => {
    const { server, until, lists, watches, isWell } = await makeScene(t);
    server.queue('watch', ...faults);
    await until('it watches', () => server.watching === 1);
    assert.equal(lists(), 1);
    assert.ok(watches() > faults.length);
    await isWell();
  });
}

test('Retry-After is obeyed', async (t) => {
  const { server, clock, until } = await makeScene(t);
  const start = clock.now();
  server.queue('watch', statusOf(429, { 'retry-after': '7' }));
  await until('it watches', () => server.watching === 1);
  assert.equal(clock.now() - start, 7_000);
});

test('410 lists again, over HTTP or in the stream, and finds what was deleted meanwhile', async (t) => {
  const { server, clock, changes, until, lists, names, isWell } = await makeScene(t);
  const start = clock.now();
  server.queue('watch', statusOf(410), statusOf(410));
  await until('it watches', () => server.watching === 1);
  assert.equal(lists(), 3);
  assert.equal(clock.now() - start, 750, 'at once after the first, later after the second');
  const before = clock.now();
  server.endWatches();
  server.remove('a');
  server.queue('watch', (response) => void response.writeHead(200).write('{"type": "ERROR", "object": {"code": 410}}\n'));
  await until('a is gone', () => names() === 'b');
  assert.equal(lists(), 4);
  assert.equal(changes.filter((change) => change === 'deleted a').length, 1);
  assert.ok(clock.now() - before < 10_000);
  await isWell();
});

test('410 in every stream, each after good news, is no storm of lists', async (t) => {
  const { server, clock, until, lists, isWell } = await makeScene(t);
  const lines = '{"type": "BOOKMARK", "object": {"metadata": {"resourceVersion": "101"}}}\n{"type": "ERROR", "object": {"code": 410}}\n';
  const start = clock.now();
  server.queue('watch', ...Array<Fault>(6).fill((response) => response.writeHead(200).end(lines)));
  await until('it watches', () => server.watching === 1);
  assert.equal(lists(), 7);
  assert.equal(clock.now() - start, 750 + 1_500 + 3_000 + 6_000 + 12_000, 'at once after the first, then later and later');
  await isWell();
});

test('a watch that lasted makes the next trouble a first one again, though it told nothing', async (t) => {
  const { server, clock, until, watches, logged, isWell } = await makeScene(t);
  server.queue('watch', statusOf(500), statusOf(500));
  await until('it watches', () => server.watching === 1 && (clock.nextDelayMs ?? 0) > 30_000);
  await clock.advance(5_000);
  server.breakConnections();
  await until('it watches again', () => watches() === 4 && server.watching === 1);
  assert.equal(logged.findLast(({ message }) => message === 'a watch was interrupted')?.fields?.['delayMs'], 375);
  await isWell();
});

test('a connection that breaks loses nothing, and needs no new list', async (t) => {
  const { server, until, names, lists, isWell } = await makeScene(t);
  for (const name of ['c', 'd', 'e']) {
    await until('it watches', () => server.watching === 1);
    server.breakConnections();
    await until('the watch is seen to end', () => server.watching === 0);
    server.put(name);
    await until('the change arrives', () => names().includes(name));
  }
  assert.equal(lists(), 1);
  await isWell();
});

test('a server that is away for a while is found again', async (t) => {
  const { server, until, names, logged, isWell } = await makeScene(t);
  await until('it watches', () => server.watching === 1);
  await server.stop();
  server.put('c');
  await until('a refusal is noticed', () => logged.some(({ fields }) => fields?.['code'] === 'ECONNREFUSED'));
  await server.start();
  await until('the change arrives', () => names() === 'a b c');
  await isWell();
});

test('a watch that falls silent is given up: after five minutes, or 90 s where the server sends bookmarks', async (t) => {
  const { server, clock, until, watches, logged, isWell } = await makeScene(t);
  await until('it watches', () => (clock.nextDelayMs ?? 0) > 30_000);
  const timeoutSeconds = Number(server.seen.at(-1)?.query.get('timeoutSeconds'));
  assert.ok(timeoutSeconds >= 270 && timeoutSeconds <= 310);
  assert.equal(clock.nextDelayMs, (timeoutSeconds + 5) * 1_000);
  await clock.advanceToNext();
  await until('another watch is open', () => watches() === 2 && server.watching === 1 && (clock.nextDelayMs ?? 0) > 30_000);
  assert.equal(logged.at(-1)?.fields?.['code'], 'SilentWatch');
  server.bookmark();
  await until('the bookmark arrives', () => clock.nextDelayMs === 90_000);
  await clock.advance(89_999);
  assert.equal(watches(), 2);
  await clock.advance(1);
  await until('a third watch is open', () => watches() === 3 && server.watching === 1);
  await isWell();
});

test('a bookmark moves the version from which a watch is resumed', async (t) => {
  const { server, clock, until, watches, reflector, isWell } = await makeScene(t);
  await until('it watches', () => server.watching === 1 && clock.pending === 1);
  const [list, watch] = server.seen;
  assert.equal(list?.kind, 'list');
  assert.equal(watch?.query.get('resourceVersion'), '102');
  assert.equal(watch?.query.get('allowWatchBookmarks'), 'true');
  await clock.advance(20_000);
  server.bookmark();
  await until('the bookmark arrives', () => reflector.lastContactAt === clock.now());
  server.endWatches();
  await until('it watches again', () => watches() === 2 && server.watching === 1);
  assert.equal(server.seen.at(-1)?.query.get('resourceVersion'), '103');
  await isWell();
});

test('a server that ends every watch at once is not asked in a loop', async (t) => {
  const { server, clock, until } = await makeScene(t);
  server.queue('watch', ...Array<Fault>(5).fill((response) => response.writeHead(200).end()));
  const start = clock.now();
  await until('it watches', () => server.watching === 1);
  assert.ok(clock.now() - start > 5_000);
});

test('when the kind itself is removed, so are its objects, until it comes back', async (t) => {
  const { server, until, names, isWell } = await makeScene(t);
  await until('it watches', () => server.watching === 1);
  server.queue('watch', statusOf(404));
  server.queue('list', statusOf(404));
  server.endWatches();
  await until('nothing is known', () => names() === '');
  await until('they are back', () => names() === 'a b');
  await isWell();
});

test('a line that is no event makes the watch go on from the version before it', async (t) => {
  const { server, until, names, lists, isWell } = await makeScene(t);
  await until('it watches', () => server.watching === 1);
  server.say('{"type": "MODI');
  await until('the watch is left', () => server.watching === 0);
  server.put('c');
  await until('the change arrives', () => names() === 'a b c');
  assert.equal(lists(), 1);
  await isWell();
});
