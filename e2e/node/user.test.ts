// OpenShift gives every namespace users of its own: does the image run as one that it has never heard of?
import assert from 'node:assert/strict';
import { after, describe } from 'node:test';
import { cacertsSpec } from '../harness/scenario.ts';
import { assertIstioCa } from '../harness/verdict.ts';
import { worldOf } from '../harness/worlds.ts';
import { controllerOf, userOf, scenarioOfProcesses } from './measure.ts';
import { dispose, install, irsaValues, podsOf } from './release.ts';

const release = 'pca-issuer';

describe('user', () => {
  after(async () => dispose(await worldOf('node'), release));

  scenarioOfProcesses('an arbitrary user, as OpenShift gives one, reads its token and issues', 'node', async (s) => {
    // What the admission of OpenShift (SecurityContextConstraints restricted-v2) writes into a pod that names no user.
    const given = { runAsUser: 1_000_700_000, fsGroup: 1_000_700_000 };
    await install(s.world, release, { ...irsaValues(s.world), podSecurityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' }, ...given } });
    for (const pod of await podsOf(s.world, release)) assert.deepEqual(userOf(controllerOf(pod)), { uid: given.runAsUser, gid: 0 });
    const arn = await s.subordinate();
    await s.certificate('cacerts', cacertsSpec(await s.clusterIssuer(arn)));
    await assertIstioCa(await s.secretOf('cacerts'));
  });
});
