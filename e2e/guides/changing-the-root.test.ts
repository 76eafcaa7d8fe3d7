// docs/guides/changing-the-root.md, typed as it stands, there and back, while workloads of both clusters talk.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertIstioCa } from '../harness/verdict.ts';
import { cacertsOf } from './mesh-before.ts';
import { followRenewals, readersArn, startMesh, startWorkload, talk } from './mesh.ts';
import { runGuide } from './run-guide.ts';
import { openGuideStage } from './stage.ts';

const newArn = 'arn:aws:acm-pca:eu-central-1:111122223333:certificate-authority/99999999-8888-7777-6666-555555555555';
const certificatesIn = (pem: string): number => pem.split('-----BEGIN CERTIFICATE-----').length - 1;

test('the root of a mesh becomes another and the former one signs again by the guide, and no handshake fails', { timeout: 600_000 }, async () => {
  await using stage = await openGuideStage('root');
  const { a, b } = stage;
  const [old, next] = [await stage.hierarchy('company'), await stage.hierarchy('successor')];
  await startMesh(stage, old.mesh);
  const workloads = await Promise.all([startWorkload(a, 'a/checkout'), startWorkload(b, 'b/payments')]);
  await using traffic = talk(workloads);
  const renewals = followRenewals([a, b]);
  const roots: number[] = [];
  const signers = new Set<string>();
  const restarted = async () => {
    await traffic.round(); // with the certificates of before
    for (const each of workloads) await each.refresh();
    await traffic.round();
    roots.push(...workloads.map(({ credentials }) => certificatesIn(credentials.rootsPem)));
    for (const { signer } of workloads) signers.add(signer);
  };
  const skipped = await runGuide({
    guide: 'changing-the-root.md',
    environment: stage.environment,
    facts: { ...stage.facts, [readersArn]: old.mesh, [newArn]: next.mesh, 'ISTIO_VERSION=1.31.0': 'ISTIO_VERSION=1.0.0' },
    after: async (command) => {
      if (!command.includes('  renew $cluster')) return;
      await renewals.taken();
      for (const cluster of [a, b]) await assertIstioCa(await cacertsOf(cluster));
      if (command.includes('"additionalTrustAnchors": null')) await restarted(); // the page leaves this one to time
    },
    instead: async (_need, command) => {
      if (command.includes('-n shop rollout restart')) await restarted();
    },
  });
  assert.equal(skipped.length, 8);
  assert.deepEqual(roots, [2, 2, 2, 2, 1, 1, 2, 2, 2, 2]);
  assert.equal(signers.size, 10, 'each time another intermediate');
  const { failures, handshakes } = await traffic.stop();
  assert.deepEqual(failures, []);
  assert.ok(handshakes > 50);
  for (const each of [a, b]) assert.equal(each.deployment().starts, 2, 'once, and once for ISTIO_MULTIROOT_MESH');
});
