// Two releases side by side: each serves its own namespaces, and neither stands in the other's way.
import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { lastOrder, leafFrom, putKeys, secretRef } from '../harness/identities.ts';
import { scenario } from '../harness/scenario.ts';
import { worldOf } from '../harness/worlds.ts';
import { dispose, endpoints, install, podsOf, restrictedNamespace, uninstall } from './release.ts';

const releases = ['pca-issuer', 'second'] as const;

/** The first brings the CRDs; apart from that they are alike. */
const valuesOf = (release: string, namespace: string, env: object): object => ({
  env, replicaCount: 1, clusterName: release, watchNamespaces: [namespace], crds: { enabled: release === releases[0] },
});

describe('releases', { concurrency: 1 }, () => {
  before(async () => {
    const world = await worldOf('node');
    for (const release of releases) {
      await restrictedNamespace(world, `${release}-tenant`);
      await install(world, release, valuesOf(release, `${release}-tenant`, endpoints(world)));
    }
  });
  after(async () => {
    const world = await worldOf('node');
    for (const release of releases) await dispose(world, release);
  });

  for (const [index, release] of releases.entries()) {
    scenario(`the ${index === 0 ? 'first' : 'second'} of two releases serves the namespace that it watches`, 'node', async (s) => {
      await install(s.world, release, valuesOf(release, s.namespace, endpoints(s.world)));
      const arn = await s.subordinate();
      await putKeys(s, 'aws');
      await leafFrom(s, await s.issuer(arn, secretRef(s, 'aws')));
      const order = await lastOrder(s, arn);
      assert.ok(order.userAgent?.includes(release), order.userAgent);
    });
  }

  scenario('one release goes and the other one goes on', 'node', async (s) => {
    const [first, second] = releases;
    await uninstall(s.world, first);
    await install(s.world, second, valuesOf(second, s.namespace, endpoints(s.world)));
    assert.equal((await podsOf(s.world, second)).length, 1);
    const arn = await s.subordinate();
    await putKeys(s, 'aws');
    await leafFrom(s, await s.issuer(arn, secretRef(s, 'aws')));
    assert.ok((await lastOrder(s, arn)).userAgent?.includes(second));
  });
});
