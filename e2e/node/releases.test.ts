// Two releases side by side: each serves its own namespaces as itself, and neither stands in the other's way.
import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import type { ApiObject } from '../../hack/control-plane/api/objects.ts';
import type { Where } from '../../hack/control-plane/api/resource-paths.ts';
import { account, trustCluster } from '../../hack/world/trust.ts';
import { encodedCsr } from '../harness/csr.ts';
import { certManager, group, ours, readyOf, scenario, type Scenario } from '../harness/scenario.ts';
import { assertRequestLeaf } from '../harness/verdict.ts';
import { worldOf, type ScenarioWorld } from '../harness/worlds.ts';
import { dispose, install, irsaValues, podsOf, restrictedNamespace, uninstall } from './release.ts';

const releases = ['pca-issuer', 'second'] as const;
type Release = (typeof releases)[number];

const tenantOf = (release: Release): string => `${release}-tenant`;
const roleOf = (release: Release): string => `arn:aws:iam::${account}:role/releases/${release}`;

/** Each has a role of its own. The first brings the CRDs; apart from that they are alike. */
async function installIrsa(world: ScenarioWorld, release: Release): Promise<void> {
  await trustCluster(world.api, world.emulator, [{ namespace: release, name: release, roleArn: roleOf(release) }]);
  await install(world, release, {
    ...irsaValues(world, roleOf(release)),
    serviceAccount: { name: release },
    replicaCount: 1,
    clusterName: release,
    watchNamespaces: [tenantOf(release)],
    enableIssuerAmbientCredentials: true,
    crds: { enabled: release === releases[0] },
  });
}

interface Order {
  readonly arn: string;
  readonly issuer: Where;
  readonly request: Where;
}

/** A CA of its own, an issuer with the controller's identity and a request, all in the namespace that this release watches. */
async function orderFrom(s: Scenario, release: Release): Promise<Order> {
  const { api, namespace: name } = s;
  const arn = await s.subordinate();
  const metadata = { name, namespace: tenantOf(release) };
  await api.apply({ apiVersion: ours, kind: 'AWSPCAIssuer', metadata, spec: { arn } });
  const issuerRef = { group, kind: 'AWSPCAIssuer', name };
  await api.create({ apiVersion: certManager, kind: 'CertificateRequest', metadata, spec: { request: encodedCsr(), usages: ['digital signature', 'server auth'], duration: '24h', issuerRef } });
  return { arn, issuer: { apiVersion: ours, kind: 'AWSPCAIssuer', ...metadata }, request: { apiVersion: certManager, kind: 'CertificateRequest', ...metadata } };
}

const issued = ({ api }: Scenario, { request }: Order): Promise<ApiObject> =>
  api.waitFor(request, (object) => readyOf(object)?.reason === 'Issued', { what: `the request in ${request.namespace} to be Issued` });

/** Whoever called AWS about this CA, for whatever, was this release. */
async function assertOnlyBy({ emulator }: Scenario, { arn }: Order, release: Release): Promise<void> {
  const { entries, counters } = await emulator.journal({ ca: arn });
  assert.equal(counters.certificatesIssued, 1);
  for (const { operation, caller, userAgent } of entries) {
    assert.match(caller ?? '', new RegExp(`:assumed-role/${release}/`), operation);
    assert.ok(userAgent?.includes(release), userAgent);
  }
}

describe('releases', { concurrency: 1 }, () => {
  before(async () => {
    const world = await worldOf('node');
    for (const release of releases) {
      await restrictedNamespace(world, tenantOf(release));
      await installIrsa(world, release);
    }
  });
  after(async () => {
    const world = await worldOf('node');
    for (const release of releases) {
      await dispose(world, release);
      await world.api.remove({ apiVersion: 'v1', kind: 'Namespace', name: tenantOf(release) });
    }
  });

  scenario('each of two releases signs as itself what its own namespace asks for, and never asks AWS for the other one', 'node', async (s) => {
    const [first, second] = await Promise.all([orderFrom(s, 'pca-issuer'), orderFrom(s, 'second')]);
    await Promise.all([issued(s, first), issued(s, second)]);
    for (const order of [first, second]) await assertRequestLeaf(await issued(s, order));
    await assertOnlyBy(s, first, 'pca-issuer');
    await assertOnlyBy(s, second, 'second');
  });

  scenario('one release goes, the other one goes on, and what the first one watched is left alone', 'node', async (s) => {
    await uninstall(s.world, 'pca-issuer');
    assert.equal((await podsOf(s.world, 'second')).length, 1);
    const orphan = await orderFrom(s, 'pca-issuer');
    const order = await orderFrom(s, 'second');
    await issued(s, order);
    await assertOnlyBy(s, order, 'second');
    // The second one would have seen the other request before its own.
    assert.equal(await s.issuedBy(orphan.arn), 0);
    const { entries } = await s.emulator.journal({ ca: orphan.arn });
    const [request, issuer] = await Promise.all([s.api.get(orphan.request), s.api.get(orphan.issuer)]);
    assert.deepEqual([entries, readyOf(request ?? assert.fail('the request is gone')), issuer?.['status']], [[], undefined, undefined]);
  });
});
