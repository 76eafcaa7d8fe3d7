// What an issuer says while its CRD lacks fields that its spec may have lost.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fail, succeed, type Result } from '../domain/failure.ts';
import type { IssuerStatus } from '../domain/issuer.ts';
import { authorityArn } from '../domain/test-values.ts';
import { makeCertificate } from '../pki/test-certificates.ts';
import { makeFakeClock } from '../runtime/fake-clock.ts';
import type { Logger } from '../runtime/ports.ts';
import { makeIssuerDirectory } from './issuer-directory.ts';
import type { Authority, DescribedAuthority } from './ports.ts';
import { makeReconcileIssuer } from './reconcile-issuer.ts';
import { failure, meshRoot } from './test-world.ts';

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

/** @param issuer as it was written; its CRD lacks requestPolicy at first, and AWS would refuse its credentials. */
function makeWorld(issuer: Partial<typeof meshRoot> = {}) {
  const state = { issuer: { ...meshRoot, ...issuer }, missing: ['requestPolicy'], asked: [] as boolean[], published: [] as IssuerStatus[], isDenied: true };
  const directory = makeIssuerDirectory(() => {});
  directory.learn(state.issuer);
  const answer = <T>(value: T): Result<T> => (state.isDenied ? fail(failure('unauthorised', 'AccessDeniedException', 'DescribeCertificateAuthority')) : succeed(value));
  const authority: Pick<Authority, 'describe' | 'certificate'> = {
    describe: async () => answer(active),
    certificate: async () => answer({ certificate: root.pem, chain: undefined }),
  };
  const reconcile = makeReconcileIssuer({
    issuers: {
      async publish(_issuer, status) {
        state.published.push(status);
        return succeed(undefined);
      },
    },
    served: {
      async missing(_kind, isNewSpec) {
        state.asked.push(isNewSpec);
        return state.missing;
      },
    },
    authority: authority as Authority,
    events: { tell() {} },
    directory,
    parking: { release() {} },
    turns: { mayCall: () => true, leave() {} },
    warnOf: async () => [{ type: 'CARequestsUnrestricted', status: 'True', reason: 'AnyNamespace', message: 'many' }],
    wake() {},
    clock: makeFakeClock(),
    logger: silent,
    rules: { allowsCluster: true, allowsNamespaced: false, overridesIsCA: false, clusterName: '' },
  });
  return {
    state,
    edit: (spec: typeof meshRoot.spec) => void directory.learn((state.issuer = { ...state.issuer, spec, generation: state.issuer.generation + 1 })),
    /** @returns what it says after one look. */
    async look(): Promise<IssuerStatus | undefined> {
      await reconcile(state.issuer.key, new AbortController().signal);
      return state.published.at(-1);
    },
  };
}

test('a CRD that lacks fields stands before credentials and AWS, without a warning about a policy that may be lost', async () => {
  const world = makeWorld();
  const told = await world.look();
  assert.deepEqual([told?.ready.status, told?.ready.reason, told?.warnings], ['False', 'StaleCRD', []]);
  assert.match(told?.ready.message ?? '', /^the CRD awspcaclusterissuers\.awspca\.cert-manager\.io is older than this version and lacks spec\.requestPolicy: /);
  world.state.missing = [];
  assert.equal((await world.look())?.ready.reason, 'AccessDenied');
});

test('the upgrade of the CRD is all that it takes, and the schema is read anew for a new spec only', async () => {
  const world = makeWorld();
  world.state.isDenied = false;
  await world.look();
  world.state.missing = [];
  assert.equal((await world.look())?.ready.reason, 'Verified');
  world.edit({ arn: authorityArn, notBeforeOffset: '5m' });
  await world.look();
  assert.deepEqual(world.state.asked, [true, false, true]);
});

test('an issuer without an identity may have lost it to an older CRD, and is told so in its place', async () => {
  const world = makeWorld({ key: { kind: 'AWSPCAIssuer', namespace: 'apps', name: 'issuer' } });
  assert.equal((await world.look())?.ready.reason, 'StaleCRD');
  world.state.missing = [];
  const healed = await world.look();
  assert.deepEqual([healed?.ready.reason, healed?.ready.message.split(';')[0]], ['Error', 'empty credentials']);
});

test('a faulty spec comes before a CRD that lacks fields, and is told together with it', async () => {
  const world = makeWorld({ spec: { arn: 'nonsense' } });
  const told = await world.look();
  assert.equal(told?.ready.reason, 'Validation');
  assert.match(told.ready.message, /^Failed to validate resource: .+; the CRD awspcaclusterissuers\.awspca\.cert-manager\.io is older than this version/);
});
