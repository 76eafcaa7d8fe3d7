import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuthorityFacts } from '../domain/authority.ts';
import { fail, succeed, type Failure, type Result } from '../domain/failure.ts';
import type { IssuerWarning } from '../domain/issuer-warnings.ts';
import type { Issuer, IssuerStatus } from '../domain/issuer.ts';
import { authorityArn } from '../domain/test-values.ts';
import { readCertificate } from '../pki/certificate.ts';
import { makeCertificate } from '../pki/test-certificates.ts';
import { makeFakeClock } from '../runtime/fake-clock.ts';
import type { Logger } from '../runtime/ports.ts';
import { makeIssuerDirectory } from './issuer-directory.ts';
import type { Authority, DescribedAuthority, SignedCertificate } from './ports.ts';
import { makeReconcileIssuer } from './reconcile-issuer.ts';
import { meshRoot } from './test-world.ts';

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, with: () => silent };
const root = makeCertificate({ subject: 'root', isCA: true });

const active: DescribedAuthority = {
  type: 'ROOT',
  status: 'ACTIVE',
  usageMode: undefined,
  keyAlgorithm: 'EC_prime256v1',
  signingAlgorithm: 'SHA256WITHECDSA',
  serial: undefined,
  notAfter: undefined,
};

function failure(code: string, kind: Failure['class'], message = 'as the test says'): Failure {
  return { class: kind, code, message, operation: 'DescribeCertificateAuthority' };
}

/** As they are read again: less of them, and in an order of their own. */
function inStatus({ arn, type, status, usageMode, keyAlgorithm, signingAlgorithm, serial, notAfter, pathLength, rootSHA256 }: AuthorityFacts): AuthorityFacts {
  return { arn, type, status, usageMode, keyAlgorithm, signingAlgorithm, serial, notAfter, pathLength, rootSHA256, hasTrustAnchor: true };
}

interface State {
  issuer: Issuer;
  /** What AWS answers. */
  describe: Result<DescribedAuthority>;
  certificate: Result<SignedCertificate>;
  readonly publishes: IssuerStatus[];
  publishFailure: Failure | undefined;
  /** What else there is to say. */
  warnings: readonly IssuerWarning[];
  readonly events: string[];
}

function makeWorld(changes: Partial<Issuer> = {}) {
  const state: State = { issuer: { ...meshRoot, ...changes }, describe: succeed(active), certificate: succeed({ certificate: root.pem, chain: undefined }), publishes: [], publishFailure: undefined, warnings: [], events: [] };
  const directory = makeIssuerDirectory(() => {});
  directory.learn(state.issuer);
  const reconcile = makeReconcileIssuer({
    issuers: {
      async publish(_issuer, status) {
        if (state.publishFailure !== undefined) return fail(state.publishFailure);
        state.publishes.push(status);
        // As the watch would bring it.
        const written = { observedGeneration: state.issuer.generation, lastTransitionTime: undefined };
        const warnings = status.warnings.map((each) => ({ ...each, ...written }));
        state.issuer = { ...state.issuer, facts: status.facts && inStatus(status.facts), ready: { ...status.ready, ...written }, warnings };
        directory.learn(state.issuer);
        return succeed(undefined);
      },
    },
    served: { missing: async () => [] },
    authority: {
      describe: async () => state.describe,
      certificate: async () => state.certificate,
    } as unknown as Authority,
    events: { tell: (_about, { reason }) => void state.events.push(reason) },
    directory,
    parking: { release() {} },
    turns: { mayCall: () => true, leave() {} },
    warnOf: async () => state.warnings,
    wake() {},
    clock: makeFakeClock(),
    logger: silent,
    rules: { allowsCluster: true, allowsNamespaced: false, overridesIsCA: false, clusterName: '' },
  });
  const look = (): Promise<number | undefined> => reconcile(state.issuer.key, new AbortController().signal);
  return { state, directory, look, edit: (spec: Issuer['spec']) => void directory.learn((state.issuer = { ...state.issuer, spec, generation: state.issuer.generation + 1 })) };
}

test('a sound issuer becomes Verified, once, and is looked at again in minutes', async () => {
  const world = makeWorld();
  const afterMs = await world.look();
  await world.look();
  assert.ok(afterMs !== undefined && afterMs >= 4 * 60_000);
  assert.equal(world.state.publishes.length, 1, 'a status that says the same is not written again');
  assert.deepEqual(world.state.publishes[0]?.ready, { status: 'True', reason: 'Verified', message: 'Issuer verified' });
  assert.equal(world.directory.get(meshRoot.key)?.standing.kind, 'ready');
});

test('what is known of the chain above a CA outlives a check that could not read it', async () => {
  const world = makeWorld();
  const tiers = (): number | undefined => {
    const standing = world.directory.get(meshRoot.key)?.standing;
    return standing?.kind === 'ready' ? standing.facts.tiers?.length : assert.fail('not ready');
  };
  world.state.describe = succeed({ ...active, serial: readCertificate(root.der).serial });
  await world.look();
  assert.equal(tiers(), 1);
  world.state.certificate = fail(failure('ECONNRESET', 'transient'));
  await world.look();
  assert.equal(tiers(), 1);
});

test('a faulty spec is told, and heals with the edit', async () => {
  const world = makeWorld({ spec: { arn: 'nonsense' } });
  await world.look();
  assert.equal(world.state.publishes[0]?.ready.reason, 'Validation');
  world.edit({ arn: authorityArn });
  assert.equal(world.directory.get(meshRoot.key)?.standing.kind, 'unchecked', 'an edit is checked before it signs');
  await world.look();
  assert.equal(world.state.publishes[1]?.ready.reason, 'Verified');
});

test('a CA that is not ACTIVE makes the issuer not Ready, by name and with the way out', async () => {
  for (const [status, reason] of [
    ['DISABLED', 'CertificateAuthorityDisabled'],
    ['EXPIRED', 'CertificateAuthorityExpired'],
    ['DELETED', 'CertificateAuthorityDeleted'],
    ['PENDING_CERTIFICATE', 'CertificateAuthorityNotActive'],
  ] as const) {
    const world = makeWorld();
    world.state.describe = succeed({ ...active, status });
    await world.look();
    assert.equal(world.state.publishes[0]?.ready.reason, reason);
    assert.match(world.state.publishes[0]?.ready.message ?? '', new RegExp(`is ${status} and signs nothing; `));
  }
});

test('an issuer that is Ready and merely cannot be checked again stays Ready', async () => {
  const world = makeWorld();
  await world.look();
  for (const kind of ['transient', 'throttled'] as const) {
    world.state.describe = fail(failure('ECONNREFUSED', kind));
    await world.look();
    assert.equal(world.directory.get(meshRoot.key)?.standing.kind, 'ready');
  }
  assert.equal(world.state.publishes.length, 1);
});

test('an issuer that another process has verified stays Ready while this one cannot ask AWS, and is asked about again soon', async () => {
  const former = makeWorld();
  await former.look();
  const world = makeWorld(former.state.issuer);
  world.state.describe = fail(failure('ThrottlingException', 'throttled'));
  const afterMs = await world.look();
  assert.equal(world.directory.get(meshRoot.key)?.standing.kind, 'ready');
  assert.deepEqual(world.state.publishes, []);
  assert.ok(afterMs !== undefined && afterMs <= 30_000);
});

test('credentials that stop working make a Ready issuer not Ready, and it heals within seconds', async () => {
  const world = makeWorld();
  await world.look();
  world.state.describe = fail(failure('UnrecognizedClientException', 'unauthorised', 'The security token included in the request is invalid.'));
  const afterMs = await world.look();
  assert.equal(world.state.publishes[1]?.ready.status, 'False');
  assert.ok(afterMs !== undefined && afterMs <= 5_000);
  world.state.describe = succeed(active);
  await world.look();
  assert.equal(world.state.publishes[2]?.ready.reason, 'Verified');
});

test('an issuer that was never verified says Unreachable while AWS cannot be asked', async () => {
  const world = makeWorld();
  world.state.describe = fail(failure('ENOTFOUND', 'transient'));
  await world.look();
  assert.equal(world.state.publishes[0]?.ready.reason, 'Unreachable');
});

test('an anchor that is not a self-signed CA certificate is a fault of the spec', async () => {
  const leaf = makeCertificate({ issuer: root });
  const world = makeWorld({ spec: { arn: authorityArn, additionalTrustAnchors: leaf.pem } });
  await world.look();
  assert.match(world.state.publishes[0]?.ready.message ?? '', /^Failed to validate resource: spec\.additionalTrustAnchors: /);
});

test('a status that cannot be written is written soon after, and nothing is signed on it meanwhile', async () => {
  const world = makeWorld();
  world.state.publishFailure = failure('409 Conflict', 'conflict');
  const afterMs = await world.look();
  assert.ok(afterMs !== undefined && afterMs < 1_000);
  assert.equal(world.directory.get(meshRoot.key)?.standing.kind, 'unchecked');
});

test('a warning stands beside Ready, is told once, and goes when it holds no more', async () => {
  const world = makeWorld();
  const warning: IssuerWarning = { type: 'Recheck', status: 'True', reason: 'Unreachable', message: 'first words' };
  world.state.warnings = [warning];
  await world.look();
  await world.look();
  assert.equal(world.state.publishes.length, 1);
  world.state.warnings = [{ ...warning, message: 'other words' }];
  await world.look();
  world.state.warnings = [];
  await world.look();
  assert.deepEqual(world.state.publishes.map(({ warnings }) => warnings.map(({ message }) => message)), [['first words'], ['other words'], []]);
  assert.deepEqual(world.state.events, ['Unreachable', 'Verified'], 'other words for the same trouble are no news');
});

test('an edit writes the warnings again, with the generation that they speak of', async () => {
  const world = makeWorld();
  world.state.warnings = [{ type: 'ExpiresSoon', status: 'True', reason: 'CertificateAuthorityExpiring', message: 'soon' }];
  await world.look();
  world.edit({ arn: authorityArn, notBeforeOffset: '5m' });
  await world.look();
  assert.deepEqual(world.state.issuer.warnings.map(({ observedGeneration }) => observedGeneration), [2]);
  assert.deepEqual(world.state.events, ['CertificateAuthorityExpiring', 'Verified']);
});

test('an issuer that is not Ready warns too, but not when its spec says nothing sound', async () => {
  const world = makeWorld();
  world.state.warnings = [{ type: 'CARequestsUnrestricted', status: 'True', reason: 'AnyNamespace', message: 'many' }];
  world.state.describe = succeed({ ...active, status: 'DISABLED' });
  await world.look();
  assert.equal(world.state.publishes[0]?.warnings.length, 1);
  world.edit({ arn: 'nonsense' });
  await world.look();
  assert.equal(world.state.publishes[1]?.warnings.length, 0);
});

test('an issuer that is gone is not looked at again', async () => {
  const world = makeWorld();
  world.directory.remove(meshRoot.key);
  assert.equal(await world.look(), undefined);
});
