// From nothing to a mesh of two clusters, in the documented order; and who does not belong to it stays outside.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { tookSecret } from '../../hack/control-plane/istiod.ts';
import { shakeHands } from '../../hack/control-plane/mesh/handshake.ts';
import { keepTalking } from '../../hack/control-plane/mesh/traffic.ts';
import { pemBlocks } from '../../hack/control-plane/pem-blocks.ts';
import { assertIstioCa } from '../harness/verdict.ts';
import { assertOnce } from '../harness/scenario.ts';
import { assertUnbroken, meshScenario } from './stage.ts';
import { establish } from './steps.ts';

meshScenario('two clusters that each got a cacerts from one AWS hierarchy trust each other; without the served chain nobody does', async ({ a, b }) => {
  const arn = await a.subordinate();
  await Promise.all([a, b].map(async (party) => {
    await assertIstioCa(await establish(party, arn));
    await party.istiod().waitForLog(tookSecret);
  }));
  const [secretA, secretB] = [await a.cacerts(), await b.cacerts()];
  assert.equal(secretA['data']['ca.crt'], secretB['data']['ca.crt'], 'both trust the same bytes');
  assert.notEqual(secretA['data']['tls.key'], secretB['data']['tls.key']);

  const workloads = await Promise.all([a.sidecar('checkout'), a.sidecar('cart'), b.sidecar('payments'), b.sidecar('ledger')]);
  assert.equal(new Set(workloads.map(({ signer }) => signer)).size, 2, 'each cluster signs with its own intermediate');
  await assertUnbroken(keepTalking(workloads));

  const [one, , other] = workloads;
  assert.ok(one !== undefined && other !== undefined);
  const alone = { ...other.credentials, chainPem: pemBlocks(other.credentials.chainPem)[0] ?? '' };
  assert.match((await shakeHands(one.credentials, alone)) ?? '', /^server: UNABLE_TO_(?:GET_ISSUER_CERT_LOCALLY|VERIFY_LEAF_SIGNATURE)/);
  await assertOnce(a, arn);
});

meshScenario('a cluster under another root is refused by the workloads of the first, and refuses them', async ({ a, b }) => {
  for (const party of [a, b]) {
    await party.clusterIssuer(await party.subordinate());
    await party.orderCacerts();
    await party.cacerts();
    await party.startIstiod();
  }
  const [ours, theirs] = [await a.sidecar('checkout'), await b.sidecar(`stranger-${randomBytes(2).toString('hex')}`)];
  assert.match((await shakeHands(ours.credentials, theirs.credentials)) ?? '', /^client: self-signed certificate in certificate chain/);
  // A stranger who accepts anybody still gets nowhere.
  const careless = { ...theirs.credentials, rootsPem: ours.credentials.rootsPem };
  assert.match((await shakeHands(ours.credentials, careless)) ?? '', /^server: SELF_SIGNED_CERT_IN_CHAIN/);
  assert.match((await shakeHands(careless, ours.credentials)) ?? '', /^client: self-signed certificate in certificate chain/);
});
