// Invariants 3, 4, 11 and 12 (docs/architecture.md) where a process ends at a bad moment, replies are lost and clocks jump.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arnAnnotation, baseAnnotation, generationAnnotation } from '../domain/request.ts';
import { approval, approvedAt, someFacts } from '../domain/test-values.ts';
import { writeForRequest } from '../domain/validity.ts';
import { makeCsr } from '../pki/test-certificates.ts';
import { countOf, failure, makeTestWorld, messageOf, reasonOf, runFor, signLikeAws, type TestWorld } from './test-world.ts';

const minute = 60_000;
const hour = 60 * minute;

function readyWorld(...args: Parameters<typeof makeTestWorld>): TestWorld {
  const world = makeTestWorld(...args);
  world.settle();
  return world;
}

test('a process that ends after a lost reply leads to the same certificate', async () => {
  const world = readyWorld();
  world.state.lostReplies = 1;
  await world.look();
  world.restart();
  await world.run();
  assert.deepEqual([reasonOf(world), world.state.issued.size], ['Issued', 1]);
});

test('a process that ends before it wrote the ARN down leads to the same certificate', async () => {
  const world = readyWorld();
  world.state.writeFailures = [failure('transient')];
  await world.look();
  world.restart();
  world.state.writeFailures = [];
  await world.run();
  assert.deepEqual([reasonOf(world), world.state.issued.size], ['Issued', 1]);
});

test('where AWS remembers tokens for a minute only, replies lost for half a minute still cost nothing', async () => {
  const world = readyWorld();
  world.state.tokenMemoryMs = minute;
  world.state.lostReplies = 5;
  await world.run();
  assert.deepEqual([reasonOf(world), world.state.issued.size, countOf(world, 'pca_issuer_ambiguous_issues_total')], ['Issued', 1, 0]);
});

test('an outage of half an hour that loses every reply costs one more certificate, which is counted, and not one every few minutes', async () => {
  const world = readyWorld();
  world.state.lostReplies = 10_000;
  world.state.describeFailures = Array.from({ length: 10_000 }, () => failure('transient', 'ECONNRESET', 'DescribeCertificateAuthority'));
  await runFor(world, 30 * minute);
  world.state.lostReplies = 0;
  world.state.describeFailures = [];
  await runFor(world, minute);
  assert.deepEqual([reasonOf(world), world.state.issued.size, countOf(world, 'pca_issuer_ambiguous_issues_total')], ['Issued', 2, 1]);
});

test('an issuer that is edited while an answer is lost means another order, and that is counted', async () => {
  const world = readyWorld();
  world.state.lostReplies = 1;
  await world.look();
  world.settle({ facts: someFacts({ signingAlgorithm: 'SHA384WITHRSA' }) });
  await world.run();
  assert.deepEqual([world.state.issued.size, countOf(world, 'pca_issuer_ambiguous_issues_total')], [2, 1]);
});

test('two wrong certificates fail the request even where each was seen by another process, and there is never a third', async () => {
  const world = readyWorld();
  world.state.sign = (plan) => signLikeAws(plan, { key: makeCsr().key });
  for (let looks = 0; reasonOf(world) !== 'Failed' && looks < 40; looks++) {
    const next = await world.look();
    world.restart();
    // AWS forgets every token meanwhile.
    await world.clock.advance(next === 'forget' ? 0 : next.afterMs + 6 * minute);
  }
  assert.deepEqual([reasonOf(world), world.state.issued.size], ['Failed', 2]);
});

test('a process that ends between the second generation and its order goes on with it', async () => {
  const world = readyWorld();
  const strangers = [makeCsr().key];
  world.state.sign = (plan) => signLikeAws(plan, strangers.length > 0 ? { key: strangers.pop() ?? assert.fail() } : {});
  await world.look();
  await world.clock.advance(1_000);
  await world.look();
  assert.match(world.state.request?.annotations[generationAnnotation] ?? '', /\/1$/);
  assert.equal(world.state.request?.annotations[arnAnnotation], undefined);
  world.restart();
  await world.run();
  assert.deepEqual([reasonOf(world), world.state.issued.size], ['Issued', 2]);
});

test('the ARN of the former generation, written back by somebody, is a hint like any other', async () => {
  const world = readyWorld();
  const strangers = [makeCsr().key];
  world.state.sign = (plan) => signLikeAws(plan, strangers.length > 0 ? { key: strangers.pop() ?? assert.fail() } : {});
  await world.look();
  const former = world.state.request?.annotations[arnAnnotation] ?? assert.fail();
  await world.clock.advance(1_000);
  await world.look();
  const request = world.state.request ?? assert.fail();
  world.state.request = { ...request, annotations: { ...request.annotations, [arnAnnotation]: former } };
  world.restart();
  await world.run();
  assert.deepEqual([reasonOf(world), world.state.issued.size], ['Issued', 2]);
});

test('the last permitted certificate is looked for through half an hour in which AWS does not find it', async () => {
  const world = readyWorld();
  world.state.fetchAnswers = Array.from({ length: 150 }, () => failure('rejected', 'ResourceNotFoundException', 'GetCertificate'));
  await runFor(world, 20 * minute);
  assert.equal(reasonOf(world), 'Pending');
  assert.doesNotMatch(messageOf(world), /can never pass/);
  world.state.fetchAnswers = [];
  await runFor(world, minute);
  assert.deepEqual([reasonOf(world), world.state.issued.size], ['Issued', 2]);
});

test('a refusal moves no base in the first five minutes of a process, since the one before may have ordered from it', async () => {
  const world = readyWorld({ durationMs: hour });
  world.state.lostReplies = 1;
  await world.clock.advance(20 * minute);
  await world.look();
  world.restart();
  world.state.issueFailures = [failure('throttled'), failure('throttled')];
  await world.run();
  assert.deepEqual([reasonOf(world), world.state.issued.size], ['Issued', 1]);
  assert.equal(world.state.request?.annotations[baseAnnotation], undefined);
});

test('a planted base is not used: neither one of another request nor one from a time to come', async () => {
  for (const planted of ['2026-11-22T10:00:05.000Z', writeForRequest('another', '2026-11-22T10:00:06.000Z'), writeForRequest('0d9e8a52-6c0f-4d6e-8f0a-3a1c1f0b7a11', '2099-01-01T00:00:00.000Z')]) {
    const world = readyWorld({ annotations: { [baseAnnotation]: planted } });
    await world.run();
    assert.equal(reasonOf(world), 'Issued', planted);
    assert.equal(world.state.issueCalls[0]?.notAfter.getTime(), approvedAt.getTime() + 90 * 24 * hour, planted);
  }
});

test('a certificate from a controller whose clock is minutes ahead is published by one whose clock is behind', async () => {
  const world = readyWorld({ conditions: [approval('Approved', new Date(approvedAt.getTime() + 4 * minute))] });
  world.state.aheadMs = 5 * minute;
  await world.look();
  world.restart();
  world.state.aheadMs = 0;
  await world.clock.advance(1_000);
  await world.run();
  assert.deepEqual([reasonOf(world), world.state.issued.size], ['Issued', 1]);
});

test('a clock that is set back delays nothing beyond the pause that was meant', async () => {
  const world = readyWorld();
  world.state.issueFailures = [failure('throttled')];
  await world.look();
  world.state.aheadMs = -2 * minute;
  await world.clock.advance(3 * minute);
  await world.run(3);
  assert.equal(reasonOf(world), 'Issued');
});

test('a conflict under a Pending status does not keep the reason back until the next attempt', async () => {
  const world = readyWorld();
  world.state.issueFailures = [failure('misconfigured', 'InvalidStateException')];
  world.state.writeFailures = [failure('conflict', '409')];
  await world.look();
  await world.look();
  assert.equal(reasonOf(world), 'Pending');
  assert.equal(world.state.issueCalls.length, 1);
});

test('arguments that AWS refuses are tried again within half a minute for ten minutes, then ever more slowly', async () => {
  const world = readyWorld();
  world.state.issueFailures = Array.from({ length: 200 }, () => failure('unsuitable', 'ValidationException'));
  await runFor(world, 10 * minute);
  const patient = world.state.issueCalls.length;
  assert.ok(patient >= 20 && patient <= 40, `${patient} calls in ten minutes`);
  await runFor(world, 10 * hour);
  assert.ok(world.state.issueCalls.length - patient < 25, `${world.state.issueCalls.length - patient} calls in ten hours`);
  assert.equal(reasonOf(world), 'Pending');
});

test('an answer that is lost after minutes of refusals keeps the base for as long as AWS may know the order', async () => {
  const world = readyWorld({ durationMs: hour });
  world.state.issueFailures = [failure('throttled')];
  await world.look();
  await world.clock.advance(5 * minute);
  world.state.lostReplies = 1;
  await world.look();
  await world.clock.advance(2 * minute);
  await world.run();
  assert.deepEqual([reasonOf(world), world.state.issued.size], ['Issued', 1]);
  assert.equal(world.state.request?.annotations[baseAnnotation], undefined);
});
