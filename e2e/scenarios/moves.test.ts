// An issuer moves to another CA under the same root, by docs/operations.md, and to a new root, by docs/guides/changing-the-root.md.
import assert from 'node:assert/strict';
import type { ApiObject } from '../../hack/control-plane/api/objects.ts';
import { account, region } from '../../hack/world/trust.ts';
import { renew } from '../../hack/world/renew.ts';
import { cacertsSpec, costOfFirst, ours, readyOf, scenario, type Scenario } from '../harness/scenario.ts';
import { assertIstioCa } from '../harness/verdict.ts';

interface Subordinate {
  readonly arn: string;
  readonly rootPem: string;
}

/** A subordinate under the root of that name, which is made where it is missing. */
async function subordinateUnder(s: Scenario, root: string, name: string): Promise<Subordinate> {
  const tiers = ['root', name].map((each) => ({ name: each, keyAlgorithm: 'EC_prime256v1' }) as const);
  const { authorities: [top, below] } = await s.emulator.createHierarchy({ name: `${s.namespace}-${root}`, account, region, tiers });
  return { arn: below?.arn ?? '', rootPem: top?.certificate ?? '' };
}

/** Sets the issuer's spec and waits until it is verified as it now stands. */
async function edit(s: Scenario, { arn }: Subordinate, anchors: readonly Subordinate[]): Promise<void> {
  await s.clusterIssuer(arn, anchors.length === 0 ? {} : { additionalTrustAnchors: anchors.map(({ rootPem }) => rootPem).join('\n') });
  await s.api.waitFor({ apiVersion: ours, kind: 'AWSPCAClusterIssuer', name: s.namespace }, (issuer) => {
    const ready = readyOf(issuer);
    return ready?.status === 'True' && ready.observedGeneration === issuer.metadata.generation;
  }, { what: 'the edited issuer to be Ready' });
}

async function renewed(s: Scenario, former: ApiObject): Promise<ApiObject> {
  await renew(s.api, s.namespace, 'cacerts');
  return s.api.waitFor({ apiVersion: 'v1', kind: 'Secret', namespace: s.namespace, name: 'cacerts' }, (secret) => secret['data']['tls.crt'] !== former['data']['tls.crt'], {
    what: 'the renewed Secret',
  });
}

scenario('an issuer that moves to another CA under the same root issues nothing for that, and renewals keep ca.crt byte for byte', 'approving', async (s) => {
  const [old, other] = [await subordinateUnder(s, 'root', 'old'), await subordinateUnder(s, 'root', 'new')];
  const issuerRef = await s.clusterIssuer(old.arn);
  await s.certificate('cacerts', cacertsSpec(issuerRef));
  const first = await s.secretOf('cacerts');
  const ofOld = await s.issuedBy(old.arn);
  await edit(s, other, []);
  assert.deepEqual([await s.issuedBy(old.arn), await s.issuedBy(other.arn)], [ofOld, 0]);
  const second = await renewed(s, first);
  const { intermediates } = await assertIstioCa(second, { renewedFrom: first });
  assert.match(intermediates[0]?.subject ?? '', / new$|-root new/);
  assert.deepEqual([await s.issuedBy(old.arn), await costOfFirst(s, old.arn), await costOfFirst(s, other.arn)], [ofOld, 1, 1]);
});

scenario('a new root takes the place of the old one in three steps, and at each both sides trust what the other presents', 'approving', async (s) => {
  const [old, fresh] = [await subordinateUnder(s, 'old-root', 'subordinate'), await subordinateUnder(s, 'new-root', 'subordinate')];
  await s.certificate('cacerts', cacertsSpec(await s.clusterIssuer(old.arn)));
  const before = await s.secretOf('cacerts');
  await edit(s, old, [fresh]);
  const first = await renewed(s, before);
  await edit(s, fresh, [old]);
  const second = await renewed(s, first);
  await edit(s, fresh, []);
  const third = await renewed(s, second);
  const rootsOf = async (secret: ApiObject): Promise<readonly string[]> => (await assertIstioCa(secret)).roots.map(({ sha256 }) => sha256);
  const [oldRoots, both, bothStill, newRoots] = [await rootsOf(before), await rootsOf(first), await rootsOf(second), await rootsOf(third)];
  assert.deepEqual([oldRoots.length, newRoots.length], [1, 1]);
  assert.notDeepEqual(oldRoots, newRoots);
  assert.deepEqual(new Set(both), new Set([...oldRoots, ...newRoots]));
  assert.equal(first['data']['ca.crt'], second['data']['ca.crt']);
  assert.deepEqual(both, bothStill);
});
