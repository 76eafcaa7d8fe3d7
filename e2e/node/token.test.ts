// Who are the pods to AWS? The token that the kubelet projects into them must be worth exactly one role.
import assert from 'node:assert/strict';
import { after, describe } from 'node:test';
import { issuerSays, lastOrder } from '../harness/identities.ts';
import { cacertsSpec, scenario } from '../harness/scenario.ts';
import { assertIstioCa } from '../harness/verdict.ts';
import { worldOf } from '../harness/worlds.ts';
import { dispose, install, irsaValues } from './release.ts';

const release = 'pca-issuer';

describe('token', { concurrency: 1 }, () => {
  after(async () => dispose(await worldOf('node'), release));

  scenario('a projected token gets the role whose trust policy names exactly our ServiceAccount', 'node', async (s) => {
    await install(s.world, release, irsaValues(s.world));
    const arn = await s.subordinate();
    await s.certificate('cacerts', cacertsSpec(await s.clusterIssuer(arn)));
    await assertIstioCa(await s.secretOf('cacerts'));
    assert.match((await lastOrder(s, arn)).caller ?? '', /:assumed-role\/pca-issuer\//);
  });

  scenario('pods of another ServiceAccount do not get it, and the issuer says so until they are ours again', 'node', async (s) => {
    await install(s.world, release, { ...irsaValues(s.world), serviceAccount: { name: 'stranger' } });
    const arn = await s.subordinate();
    const issuer = await s.clusterIssuer(arn);
    await issuerSays(s, 'AWSPCAClusterIssuer', 'False', 'Error', /sts:AssumeRoleWithWebIdentity/);
    assert.equal(await s.issuedBy(arn), 0);
    await install(s.world, release, irsaValues(s.world));
    await s.certificate('cacerts', cacertsSpec(issuer));
    await assertIstioCa(await s.secretOf('cacerts'));
  });
});
