import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPolicy } from '../domain/request-policy.ts';
import { anIssuerConfig, approvedAt, aRequest, someFacts } from '../domain/test-values.ts';
import { failure, makeTestWorld, meshRoot, messageOf, reasonOf, type TestWorld } from './test-world.ts';

const policy = (spec: Parameters<typeof readPolicy>[0], changes = {}) => ({ config: anIssuerConfig({ requestPolicy: readPolicy(spec), ...changes }) });
const mesh = policy({ namespaceSelector: { matchLabels: { mesh: 'true' } } });

/** As a check of the issuer after an edit finds it. */
function edit(world: TestWorld, standing: ReturnType<typeof policy>): void {
  world.directory.learn({ ...meshRoot, generation: 2 });
  world.directory.settle({ ...meshRoot, generation: 2 }, { kind: 'ready', facts: someFacts(), anchors: [], warnings: [], ...standing });
}

test('a namespace that is not served waits; nothing is ordered or stored for it, and an edit of the issuer lets it go on', async () => {
  // A request of this length stores its base at the first attempt.
  const world = makeTestWorld({ durationMs: 20 * 60_000 });
  world.settle(policy({ namespaces: ['other'] }));
  await world.look();
  assert.equal(reasonOf(world), 'Pending');
  assert.match(messageOf(world), /^AWSPCAClusterIssuer mesh-root does not serve requests of namespace istio-system: its spec\.requestPolicy\.namespaces/);
  assert.deepEqual([world.state.issueCalls, world.state.fetchCalls, world.state.request?.annotations, world.state.events], [[], [], {}, ['NamespaceNotAllowed']]);
  edit(world, policy({ namespaces: ['istio-system'] }));
  assert.deepEqual(world.woken, ['istio-system/cacerts-1']);
  await world.run();
  assert.equal(reasonOf(world), 'Issued');
});

test('a certificate that somebody names by its ARN is not even looked at for a namespace that is not served', async () => {
  const world = makeTestWorld({ annotations: { 'aws-privateca-issuer/certificate-arn': `${anIssuerConfig().authority.arn}/certificate/aa` } });
  world.settle(policy({ namespaces: ['other'] }));
  await world.look();
  assert.deepEqual(world.state.fetchCalls, []);
});

test('a certificate that was ordered while the namespace was served is held back once it is not, and published once it is again', async () => {
  const world = makeTestWorld();
  world.state.labels = { mesh: 'true' };
  world.state.fetchAnswers.push('in-progress');
  world.settle(mesh);
  for (let i = 0; i < 5 && world.state.fetchCalls.length === 0; i++) {
    const next = await world.look();
    assert.notEqual(next, 'forget');
    if (next !== 'forget') await world.waitFor(next);
  }
  world.state.labels = {};
  await world.look();
  assert.deepEqual([reasonOf(world), world.state.events.at(-1), world.state.issueCalls.length], ['Pending', 'NamespaceNotAllowed', 1]);
  world.state.labels = { mesh: 'true' };
  await world.run();
  assert.deepEqual([reasonOf(world), world.state.issueCalls.length], ['Issued', 1]);
});

test('labels that change let a request go on within a minute, without an edit', async () => {
  const world = makeTestWorld();
  world.settle(mesh);
  const next = await world.look();
  assert.deepEqual(next, { afterMs: 60_000 });
  assert.match(messageOf(world), /namespaceSelector does not match the labels of the namespace/);
  world.state.labels = { mesh: 'true' };
  await world.run();
  assert.equal(reasonOf(world), 'Issued');
});

test('labels that cannot be read make the request wait, by the right that is missing', async () => {
  const world = makeTestWorld();
  world.settle(mesh);
  world.state.labelFailure = failure('unauthorised', '403 Forbidden', 'GET namespaces');
  await world.look();
  assert.equal(reasonOf(world), 'Pending');
  assert.match(messageOf(world), /^the labels of namespace istio-system could not be read.*403 Forbidden.*let the controller get namespaces/);
  assert.equal(world.state.issueCalls.length, 0);
  world.state.labelFailure = undefined;
  world.state.labels = { mesh: 'true' };
  await world.run();
  assert.equal(reasonOf(world), 'Issued');
});

test('a CA is refused where caNamespaces does not name the namespace, by isCA and by a template that wins over it', async () => {
  for (const [isCA, changes] of [[true, {}], [false, { templateName: 'SubordinateCACertificate_PathLen0/V1', overridesIsCA: true }]] as const) {
    const world = makeTestWorld({ isCA });
    world.settle(policy({ caNamespaces: [] }, changes));
    await world.look();
    assert.match(messageOf(world), /^AWSPCAClusterIssuer mesh-root signs no CA certificates for namespace istio-system: /);
    assert.deepEqual([world.state.events, world.state.issueCalls.length], [['CANotAllowed'], 0]);
    edit(world, policy({ caNamespaces: ['istio-system'] }, changes));
    await world.run();
    assert.equal(reasonOf(world), 'Issued');
  }
});

test('dates count from when the request may be signed, not from when it was refused', async () => {
  const world = makeTestWorld();
  world.settle(policy({ namespaces: ['other'] }));
  await world.look();
  await world.clock.advance(20 * 86_400_000);
  await world.look();
  edit(world, policy({ namespaces: ['istio-system'] }));
  await world.run();
  assert.ok((world.state.issueCalls[0]?.notBefore.getTime() ?? 0) > approvedAt.getTime() + 19 * 86_400_000);
});

test('an issuer that is of the other kind is hinted at, but only one that the namespace could use', async () => {
  const world = makeTestWorld({ issuerRef: { ...aRequest().issuerRef, kind: 'AWSPCAIssuer' } });
  world.settle();
  await world.look();
  assert.equal(
    messageOf(world),
    'issuer could not be found: there is no AWSPCAIssuer istio-system/mesh-root; create it, and this request goes on by itself. But there is an AWSPCAClusterIssuer of that name; set issuerRef.kind: AWSPCAClusterIssuer where the request comes from',
  );
  const other = makeTestWorld();
  other.directory.learn({ ...meshRoot, key: { kind: 'AWSPCAIssuer', namespace: 'elsewhere', name: 'mesh-root' } });
  await other.look();
  assert.match(messageOf(other), /goes on by itself$/);
  other.directory.learn({ ...meshRoot, key: { kind: 'AWSPCAIssuer', namespace: 'istio-system', name: 'mesh-root' } });
  await other.look();
  assert.match(messageOf(other), /there is an AWSPCAIssuer of that name; set issuerRef\.kind: AWSPCAIssuer where/);
});
