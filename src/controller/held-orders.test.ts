// How the way of a request and the runaway guard fit together.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anIssuerConfig } from '../domain/test-values.ts';
import { certificateNameAnnotation } from '../domain/renewal-loop.ts';
import { failure, makeTestWorld, meshRoot, messageOf, reasonOf, runFor, type TestWorld } from './test-world.ts';

const minute = 60_000;
const hour = 60 * minute;

function worldWith(maxCertificatesPerHour: number | undefined, certificate?: string): TestWorld {
  const world = makeTestWorld(certificate === undefined ? {} : { annotations: { [certificateNameAnnotation]: certificate } });
  world.settle({ config: anIssuerConfig({ maxCertificatesPerHour }) });
  return world;
}

/** The next request, approved now, of the same Certificate. */
function renew(world: TestWorld, revision: number): void {
  const { request } = world.state;
  assert.ok(request !== undefined);
  const approved = request.conditions.filter(({ type }) => type === 'Approved').map((each) => ({ ...each, lastTransitionTime: new Date(world.clock.now()) }));
  const certificate = request.annotations[certificateNameAnnotation];
  const annotations = certificate === undefined ? {} : { [certificateNameAnnotation]: certificate };
  world.state.request = { ...request, uid: `uid-${revision}`, createdAt: new Date(world.clock.now()), conditions: approved, annotations, hasCertificate: false };
}

test('at the limit a request says Pending once, in one Event, and is issued when its turn comes, with the dates of then', async () => {
  const world = worldWith(1);
  await world.run();
  const firstMs = world.clock.now();
  renew(world, 2);
  const before = { statuses: world.state.statuses.length, events: world.state.events.length };
  await runFor(world, 59 * minute);
  assert.equal(reasonOf(world), 'Pending');
  assert.match(messageOf(world), /maxCertificatesPerHour allows \(1\)/);
  assert.equal(world.state.statuses.length, before.statuses + 1);
  assert.deepEqual(world.state.events.slice(before.events), ['CertificateLimit']);
  assert.equal(world.state.issueCalls.length, 1);
  await world.run();
  assert.equal(reasonOf(world), 'Issued');
  assert.ok(world.clock.now() - firstMs <= hour + minute);
});

test('refusals of AWS use nothing of the limit up', async () => {
  const world = worldWith(1);
  world.state.issueFailures.push(...Array.from({ length: 30 }, () => failure('throttled')));
  await world.run();
  assert.equal(reasonOf(world), 'Issued');
  assert.equal(world.state.issueCalls.length, 31);
});

test('an order whose answer was lost is repeated at once, whatever the limit, and costs one certificate', async () => {
  const world = worldWith(1);
  world.state.lostReplies = 3;
  await world.run();
  assert.equal(reasonOf(world), 'Issued');
  assert.equal(world.state.issued.size, 1);
});

test('a Certificate in a loop gets its seventh certificate a minute later, and says why until then', async () => {
  const world = worldWith(undefined, 'cacerts');
  await world.run();
  for (let revision = 2; revision <= 6; revision++) {
    renew(world, revision);
    await world.run();
  }
  renew(world, 7);
  await world.look();
  assert.match(messageOf(world), /^Certificate istio-system\/cacerts renews again and again: 5 times since /);
  assert.equal(world.state.events.at(-1), 'RenewalLoop');
  assert.equal(world.state.issueCalls.length, 6);
  await runFor(world, 2 * minute);
  assert.equal(reasonOf(world), 'Issued');
  assert.equal(world.state.issueCalls.length, 7);
});

test('a process that starts anew counts from zero', async () => {
  const world = worldWith(1);
  await world.run();
  renew(world, 2);
  world.restart();
  await world.run();
  assert.equal(reasonOf(world), 'Issued');
});

test('a leaf of an hour that waits for the most of it still lasts an hour', async () => {
  const world = worldWith(1);
  await world.run();
  renew(world, 2);
  assert.ok(world.state.request !== undefined);
  world.state.request = { ...world.state.request, durationMs: hour };
  await runFor(world, 61 * minute);
  const { notAfter } = world.state.issueCalls.at(-1) ?? {};
  assert.equal(world.state.issueCalls.length, 2);
  assert.ok((notAfter?.getTime() ?? 0) - world.clock.now() > 50 * minute, `${notAfter?.toISOString()} at ${new Date(world.clock.now()).toISOString()}`);
});

test('a request that waited hours for its issuer gets a certificate that counts from now, not from its creation', async () => {
  const world = makeTestWorld({ durationMs: 8 * 3_600_000 });
  world.directory.learn(meshRoot);
  world.directory.settle(meshRoot, { kind: 'not-ready', reason: 'Unreachable', message: 'as the test says', warnings: [] });
  await runFor(world, 3 * 3_600_000);
  world.settle();
  await world.run();
  const { notAfter } = world.state.issueCalls[0] ?? assert.fail('nothing was ordered');
  assert.ok(notAfter.getTime() - world.clock.now() > 7 * 3_600_000, notAfter.toISOString());
});
