import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failure, makeTestWorld, meshRoot } from './test-world.ts';
import { condition } from '../domain/request.ts';
import { succeed } from '../domain/failure.ts';
import { makeOrderGate } from './order-gate.ts';

const { signal } = new AbortController();
const unready = { kind: 'not-ready', reason: 'Error', message: 'the test says so', warnings: [] } as const;

/** A world in which the write of a Pending status has just failed. */
async function afterFailedWrite(kind: Parameters<typeof failure>[0], code: string) {
  const world = makeTestWorld();
  world.directory.learn(meshRoot);
  world.directory.settle(meshRoot, unready);
  world.state.writeFailures = [failure(kind, code)];
  await world.look();
  world.settle();
  return world;
}

test('while the API server takes no writes, AWS hears nothing, and the Pending write that succeeds lets the order go', async () => {
  const world = await afterFailedWrite('unauthorised', '403 Forbidden');
  world.state.writeFailures = [failure('transient', '500'), failure('throttled', '429')];
  for (let looks = 0; looks < 3; looks++) {
    const next = await world.look();
    assert.notEqual(next, 'forget');
    await world.clock.advance(30_000);
  }
  assert.equal(world.state.issueCalls.length, 0, 'the third write passed, and only the look after it may order');
  const ready = condition(world.state.request!, 'Ready');
  assert.match(ready?.message ?? '', /^the API server does not take our writes \(429\), so nothing is ordered from AWS/);
  await world.run();
  assert.deepEqual([world.state.issued.size, world.state.statuses.at(-1)?.ready.reason], [1, 'Issued']);
});

test('a request that says so already writes it again: that write is the probe', async () => {
  const world = await afterFailedWrite('unauthorised', '403 Forbidden');
  await world.look();
  const said = world.state.statuses.length;
  world.state.writeFailures = [failure('unauthorised', '403 Forbidden')];
  await world.requests.annotate(world.state.request!, {}, signal);
  await world.clock.advance(30_000);
  await world.look();
  assert.equal(world.state.statuses.length, said + 1);
  await world.clock.advance(30_000);
  await world.run();
  assert.equal(world.state.issued.size, 1);
});

test('a refusal of one object stops nobody', async () => {
  for (const [kind, code] of [['conflict', '409 Conflict'], ['bug', '422 Invalid']] as const) {
    const world = await afterFailedWrite(kind, code);
    await world.look();
    assert.equal(world.state.issueCalls.length, 1, code);
  }
});

test('a process that stops orders nothing more and writes nothing about it, but fetches what it has ordered', async () => {
  const world = makeTestWorld();
  world.settle();
  world.state.isStopping = true;
  await world.look();
  assert.deepEqual([world.state.issueCalls.length, world.state.statuses.length], [0, 0]);
  world.state.isStopping = false;
  await world.clock.advance(30_000);
  await world.look();
  world.state.isStopping = true;
  await world.run();
  assert.equal(world.state.statuses.at(-1)?.ready.reason, 'Issued');
});

test('writes of issuers count as well, and a message names no object of somebody else', async () => {
  const gate = makeOrderGate({ isStopping: () => false, signal });
  const answers = [{ ok: false as const, failure: { ...failure('unauthorised', '403 Forbidden'), message: 'team-b/secret-name is forbidden' } }, succeed(undefined)];
  const issuers = gate.watchIssuers({ publish: async () => answers.shift()! });
  const status = { ready: { status: 'True', reason: 'Verified', message: '' }, warnings: [], facts: undefined } as const;
  await issuers.publish(meshRoot, status, signal);
  assert.doesNotMatch(gate.refusal()?.message ?? 'none', /team-b|none/);
  await issuers.publish(meshRoot, status, signal);
  assert.equal(gate.refusal(), undefined);
});
