// Can a person follow one request through the log, and give AWS's support what it asks for?
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { longWaitMs } from './tell-owner.ts';
import { failure, makeTestWorld, runFor, type TestWorld } from './test-world.ts';

const owner = { key: { kind: 'Certificate', namespace: 'istio-system', name: 'cacerts' }, uid: 'certificate-uid' } as const;

const lineOf = (world: TestWorld, begins: string) => world.state.logged.find(({ message }) => String(message).startsWith(begins)) ?? assert.fail(`nothing begins with "${begins}"`);

test('the order and the certificate are told with the request, its uid, the ARN, and the id under which AWS knows the call', async () => {
  const world = makeTestWorld();
  world.settle();
  const { uid, key } = world.state.request ?? assert.fail();
  await world.run();
  const [certificateArn] = world.state.issued.keys();
  const { template, ...ordered } = lineOf(world, 'certificate ordered');
  assert.deepEqual(ordered, { message: 'certificate ordered', ...key, uid, certificateArn, awsRequestId: 'aws-request-1' });
  assert.match(String(template), /^SubordinateCACertificate/);
  assert.deepEqual(lineOf(world, 'certificate issued'), { message: 'certificate issued', ...key, uid, certificateArn });
});

test('what AWS refuses is told with the id of the refusal: final, waiting with others, or tried again', async () => {
  for (const [kind, code] of [['rejected', 'MalformedCSRException'], ['unauthorised', 'AccessDeniedException'], ['unsuitable', 'ValidationException']] as const) {
    const world = makeTestWorld();
    world.settle();
    world.state.issueFailures.push({ ...failure(kind, code), awsRequestId: 'refusal-1' });
    await world.look();
    assert.equal(lineOf(world, 'failed to request certificate from PCA')['awsRequestId'], 'refusal-1', code);
  }
});

test('a request that waits for its issuer has its Certificate told after five minutes, and never again', async () => {
  const world = makeTestWorld({ owner });
  await runFor(world, longWaitMs - 1_000);
  assert.deepEqual(world.state.events, ['IssuerNotFound']);
  await runFor(world, 3_600_000);
  assert.deepEqual(world.state.events, ['IssuerNotFound', 'RequestWaits']);
});

test('requests that wait together are each told of in time, although nobody wakes them', async () => {
  const world = makeTestWorld({ owner });
  world.settle();
  world.state.issueFailures = Array.from({ length: 100 }, () => failure('unauthorised', 'AccessDeniedException'));
  await runFor(world, longWaitMs + 1_000);
  assert.equal(world.state.events.filter((reason) => reason === 'RequestWaits').length, 1);
});
