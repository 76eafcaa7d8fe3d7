import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arnAnnotation, baseAnnotation, generationAnnotation } from '../domain/request.ts';
import { anIssuerConfig, approval, authorityArn, someFacts } from '../domain/test-values.ts';
import { readCertificate } from '../pki/certificate.ts';
import { makeCertificate, makeCsr } from '../pki/test-certificates.ts';
import { blocksOf, csr, failure, makeTestWorld, root, signLikeAws, subordinate, type TestWorld } from './test-world.ts';

function ready(world: TestWorld): { readonly reason: string; readonly message: string } {
  const condition = world.state.request?.conditions.find(({ type }) => type === 'Ready');
  assert.ok(condition, 'no Ready condition was written');
  return condition;
}

function issuedWorld(...args: Parameters<typeof makeTestWorld>): TestWorld {
  const world = makeTestWorld(...args);
  world.settle();
  return world;
}

test('one request costs one certificate, one annotation and one status apply', async () => {
  const world = issuedWorld();
  await world.run();
  assert.equal(world.state.issued.size, 1);
  assert.equal(world.state.statuses.length, 1);
  const [status] = world.state.statuses;
  assert.equal(status?.ready.reason, 'Issued');
  assert.deepEqual(blocksOf(status?.certificate ?? ''), ['CN=cluster-a.istio-ca', 'CN=subordinate']);
  assert.equal(status?.ca, root.pem);
  assert.equal(world.state.request?.resourceVersion, '102');
  assert.equal(world.memories.size, 0, 'nothing of a finished request is kept');
});

test('nothing is written and AWS is not called before approval', async () => {
  const world = issuedWorld({ conditions: [] });
  assert.equal(await world.run(), 1);
  assert.deepEqual([world.state.issueCalls.length, world.state.request?.resourceVersion], [0, '100']);
});

test('a denied request gets its one terminal status, with failureTime', async () => {
  const world = issuedWorld({ conditions: [approval('Denied')] });
  await world.run();
  assert.equal(ready(world).reason, 'Denied');
  assert.ok(world.state.statuses[0]?.failureTime);
  assert.equal(world.state.issueCalls.length, 0);
});

test('a lost IssueCertificate reply leads to one certificate, not two, with identical bytes', async () => {
  const world = issuedWorld();
  world.state.lostReplies = 3;
  await world.run();
  assert.equal(world.state.issued.size, 1);
  assert.equal(world.state.issueCalls.length, 4);
  assert.deepEqual(new Set(world.state.issueCalls.map((plan) => JSON.stringify(plan))).size, 1);
  assert.equal(ready(world).reason, 'Issued');
});

test('an attempt whose answer stays lost past AWS\'s memory is repeated once more, and counted', async () => {
  const world = issuedWorld();
  world.state.issueFailures = Array.from({ length: 14 }, () => failure('ambiguous', 'ETIMEDOUT'));
  await world.run();
  assert.equal(world.state.counts.filter((name) => name === 'pca_issuer_ambiguous_issues_total').length, 1);
  assert.equal(ready(world).reason, 'Issued');
});

test('throttling, denied access and outages stay Pending, say why, and end in one certificate', async () => {
  for (const kind of ['throttled', 'unauthorised', 'transient', 'misconfigured'] as const) {
    const world = issuedWorld();
    world.state.issueFailures = Array.from({ length: 6 }, () => failure(kind, 'SomeException'));
    await world.look();
    assert.equal(ready(world).reason, 'Pending');
    assert.match(ready(world).message, /^failed to request certificate from PCA: IssueCertificate on arn:aws:.* with template SubordinateCACertificate_PathLen0\/V1: SomeException: as the test says/);
    await world.clock.advance(20_000);
    await world.run();
    assert.deepEqual([ready(world).reason, world.state.issued.size], ['Issued', 1], kind);
    // Only after three outages in a row is it certain that others must wait too, and said since when.
    assert.equal(world.state.statuses.length, kind === 'transient' ? 3 : 2, `${kind}: the same sentence is written once`);
  }
});

test('what AWS rejects for ever fails the request, with failureTime', async () => {
  const world = issuedWorld();
  world.state.issueFailures = [failure('rejected', 'MalformedCSRException')];
  await world.run();
  assert.equal(ready(world).reason, 'Failed');
  assert.ok(world.state.statuses[0]?.failureTime);
});

test('a CSR that is none fails at once, without a call to AWS', async () => {
  const world = issuedWorld({ csrPem: 'no PEM at all' });
  await world.run();
  assert.deepEqual([ready(world).reason, world.state.issueCalls.length], ['Failed', 0]);
  assert.match(ready(world).message, /^spec\.request is not a usable CSR: /);
});

test('a CSR with a false signature fails at once', async () => {
  const { key: stranger } = makeCsr();
  const world = issuedWorld({ csrPem: makeCsr({ signedBy: stranger }).pem });
  await world.run();
  assert.deepEqual([ready(world).reason, world.state.issueCalls.length], ['Failed', 0]);
});

test('a request waits for its issuer, is woken by it, and is not asked of AWS meanwhile', async () => {
  const world = makeTestWorld();
  await world.look();
  assert.match(ready(world).message, /^issuer could not be found: there is no AWSPCAClusterIssuer mesh-root/);
  world.settle();
  assert.deepEqual(world.woken, ['istio-system/cacerts-1']);
  await world.run();
  assert.equal(ready(world).reason, 'Issued');
});

test('a certificate for another key is dropped, one more is asked for, and it alone is published', async () => {
  const world = issuedWorld();
  const strangers = [makeCsr().key];
  world.state.sign = (plan) => signLikeAws(plan, { key: strangers.pop() ?? csr.key });
  await world.run();
  assert.deepEqual([ready(world).reason, world.state.issued.size], ['Issued', 2]);
  assert.deepEqual(world.state.counts.filter((name) => name === 'pca_issuer_second_issues_total').length, 1);
  assert.match(world.state.request?.annotations[generationAnnotation] ?? '', /\/1$/);
});

test('a second certificate that fails the proof fails the request; there is never a third', async () => {
  const world = issuedWorld();
  world.state.sign = (plan) => signLikeAws(plan, { isCA: false, pathLength: undefined });
  await world.run();
  assert.deepEqual([ready(world).reason, world.state.issued.size], ['Failed', 2]);
  assert.match(ready(world).message, /the certificate that AWS returned is not a CA certificate, for the second time/);
});

test('a planted ARN that yields a foreign certificate is refused and costs no generation', async () => {
  const planted = `${authorityArn}/certificate/ff`;
  const world = issuedWorld({ annotations: { [arnAnnotation]: planted } });
  const foreign = makeCertificate({ issuer: subordinate, isCA: true, pathLength: 0 });
  world.state.issued.set(planted, { certificate: foreign.pem, chain: undefined });
  await world.run();
  assert.equal(ready(world).reason, 'Issued');
  assert.equal(world.state.request?.annotations[generationAnnotation], undefined);
  assert.equal(world.state.issueCalls.length, 1);
});

test('an annotation that is no certificate of this CA is never fetched', async () => {
  for (const hint of ['x', `${authorityArn}/certificate/../zz`, 'arn:aws:acm-pca:eu-central-1:999999999999:certificate-authority/11111111-2222-3333-4444-555555555555/certificate/aa']) {
    const world = issuedWorld({ annotations: { [arnAnnotation]: hint } });
    await world.run();
    assert.ok(!world.state.fetchCalls.includes(hint));
    assert.equal(ready(world).reason, 'Issued');
  }
});

test('a request in flight under the peer is finished with its ARN, and nothing is issued', async () => {
  const arn = `${authorityArn}/certificate/ab`;
  const world = issuedWorld({ annotations: { [arnAnnotation]: arn } });
  const notBefore = new Date('2026-11-22T09:45:06Z');
  const notAfter = new Date('2027-02-20T10:00:06Z');
  const leaf = makeCertificate({ subject: 'cluster-a.istio-ca', key: csr.key, issuer: subordinate, isCA: true, pathLength: 0, notBefore, notAfter });
  world.state.issued.set(arn, { certificate: leaf.pem, chain: `${subordinate.pem}${root.pem}` });
  await world.run();
  assert.deepEqual([ready(world).reason, world.state.issueCalls.length], ['Issued', 0]);
});

test('a conflict on every write loses nothing and issues nothing twice', async () => {
  const world = issuedWorld();
  world.state.writeFailures = Array.from({ length: 9 }, () => failure('conflict', '409'));
  await world.run();
  assert.deepEqual([ready(world).reason, world.state.issued.size, world.state.issueCalls.length], ['Issued', 1, 1]);
});

test('slow signing is said aloud after ten seconds, and the certificate is still the only one', async () => {
  const world = issuedWorld();
  world.state.fetchAnswers = Array.from({ length: 25 }, () => 'in-progress' as const);
  await world.run();
  assert.match(world.state.statuses[0]?.ready.message ?? '', /^waiting for certificate to be issued/);
  assert.deepEqual([ready(world).reason, world.state.issued.size], ['Issued', 1]);
});

test('a certificate that AWS cannot find is given up slowly, and replaced once', async () => {
  const world = issuedWorld();
  world.state.fetchAnswers = Array.from({ length: 6 }, () => failure('rejected', 'ResourceNotFoundException', 'GetCertificate'));
  await world.run();
  assert.deepEqual([ready(world).reason, world.state.issued.size], ['Issued', 2]);
});

test('without a self-signed top a CA request waits, keeps its ARN, and passes once an anchor is configured', async () => {
  const world = issuedWorld();
  world.state.sign = (plan) => ({ ...signLikeAws(plan), chain: subordinate.pem });
  await world.look();
  await world.clock.advance(1_000);
  await world.look();
  assert.match(ready(world).message, /ends in no self-signed certificate.*spec\.additionalTrustAnchors/);
  world.settle({ config: anIssuerConfig(), anchors: [readCertificate(root.der)], facts: someFacts({ rootSHA256: 'changed' }) });
  await world.run();
  assert.deepEqual([ready(world).reason, world.state.issued.size], ['Issued', 1]);
  assert.equal(world.state.statuses.at(-1)?.ca, root.pem);
});

test('a CA request under a CA that is known to lack an anchor is not even sent', async () => {
  const world = makeTestWorld();
  world.settle({ facts: someFacts({ hasTrustAnchor: false, rootSHA256: undefined }) });
  await world.look();
  assert.deepEqual([ready(world).reason, world.state.issueCalls.length], ['Pending', 0]);
});

test('AWS is not called again before the back-off ends, however often the request is looked at', async () => {
  const world = issuedWorld();
  world.state.issueFailures = [failure('throttled')];
  await world.look();
  for (let look = 0; look < 5; look++) await world.look();
  assert.equal(world.state.issueCalls.length, 1);
});

test('after an hour of refusals the dates count from a new base, which is stored before it is used', async () => {
  const world = issuedWorld({ durationMs: 3_600_000, isCA: true });
  world.state.issueFailures = [failure('unauthorised')];
  await world.look();
  await world.clock.advance(3_600_000);
  world.state.writeFailures = [failure('transient')];
  await world.look();
  assert.equal(world.state.issueCalls.length, 1, 'nothing is issued while the base cannot be stored');
  await world.clock.advance(30_000);
  await world.run();
  assert.match(world.state.request?.annotations[baseAnnotation] ?? '', /^0d9e8a52-.*\/2026-11-22T11:00:/);
  assert.notEqual(world.state.issueCalls[0]?.token, world.state.issueCalls[1]?.token);
});

test('a request that is deleted in flight is forgotten', async () => {
  const world = issuedWorld();
  await world.look();
  world.state.request = undefined;
  assert.equal(await world.look(), 'forget');
});

test('a namesake with another uid starts afresh', async () => {
  const world = issuedWorld();
  await world.look();
  const again = makeCsr({ subject: 'cluster-a.istio-ca' });
  world.state.request = { ...(world.state.request ?? assert.fail()), uid: 'another', resourceVersion: '500', annotations: {}, csrPem: again.pem };
  world.state.sign = (plan) => signLikeAws(plan, { key: again.key });
  await world.run();
  assert.deepEqual([ready(world).reason, world.state.issued.size], ['Issued', 2]);
  assert.notEqual(world.state.issueCalls[0]?.token, world.state.issueCalls[1]?.token);
});
