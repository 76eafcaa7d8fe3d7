// The intermediate changes under a root that stays: by cert-manager's schedule, and because the CA above it is replaced.
import assert from 'node:assert/strict';
import type { ApiObject } from '../../hack/control-plane/api/objects.ts';
import { textOf } from '../../hack/control-plane/api/secret-data.ts';
import { rootsAt } from '../../hack/control-plane/istio/handed-out.ts';
import { tookRenewal } from '../../hack/control-plane/istiod.ts';
import { pemBlocks } from '../../hack/control-plane/pem-blocks.ts';
import { assertOnce, certManager } from '../harness/scenario.ts';
import { assertIstioCa } from '../harness/verdict.ts';
import { meshScenario, type Party } from './stage.ts';
import { assertNotRestarted, caOf, editIssuer, establish, refreshOneByOne, renewSecret, signerOf, subordinateUnder, timesLogged, underTraffic, untilHandedOut, untilSigning } from './steps.ts';

/**
 * Lets cert-manager renew by its own clock, once: with 59m45s before the end of an hour it is due 15 seconds after the last one. Editing that
 * issues nothing, and half an hour is put back before the next one is due. @returns the Secret, once istiod signs with it.
 */
async function renewOnSchedule(party: Party): Promise<ApiObject> {
  const { api, namespace } = party;
  const renewBefore = (before: string) => api.patch({ apiVersion: certManager, kind: 'Certificate', namespace, name: 'cacerts' }, { spec: { renewBefore: before } });
  const former = await party.cacerts();
  await renewBefore('59m45s');
  await party.cacertsAfter(former);
  await renewBefore('30m');
  const renewed = await party.cacerts();
  await untilSigning(party, renewed);
  return renewed;
}

/** What cert-manager says of each issuance of `cacerts`. */
async function reasonsToIssue({ api, namespace }: Party): Promise<readonly string[]> {
  const { items } = await api.request<{ items: readonly { note: string; reason: string; regarding: { kind: string } }[] }>({ path: `/apis/events.k8s.io/v1/namespaces/${namespace}/events` });
  return items.filter(({ regarding, note }) => regarding.kind === 'Certificate' && note.startsWith('Renewing')).map(({ note }) => note);
}

meshScenario('cert-manager renews both intermediates on its own schedule, again and again: no restart, no failed handshake, not a byte of ca.crt', async ({ a, b }, t) => {
  const arn = await a.subordinate();
  const [firstA, firstB] = await Promise.all([a, b].map((party) => establish(party, arn, { spec: { duration: '1h', renewBefore: '30m' } })));
  assert.ok(firstA !== undefined && firstB !== undefined);
  const roots = await Promise.all([untilHandedOut(a, caOf(firstA)), untilHandedOut(b, caOf(firstB))]);
  const [checkout, cart, payments, ledger] = await Promise.all([a.sidecar('checkout'), a.sidecar('cart'), b.sidecar('payments'), b.sidecar('ledger')]);
  assert.ok(checkout !== undefined && cart !== undefined && payments !== undefined && ledger !== undefined);
  const firstIstiod = a.istiod();

  await underTraffic(t, [checkout, cart, payments, ledger], async (traffic) => {
    const [secondA, secondB] = await Promise.all([renewOnSchedule(a), renewOnSchedule(b)]);
    await traffic.round();
    // One of each cluster has the new intermediate, the other one its old certificate with the old chain.
    await refreshOneByOne([checkout, payments], traffic);
    assert.deepEqual([cart.signer, ledger.signer], [signerOf(firstA), signerOf(firstB)]);
    assert.notEqual(checkout.signer, signerOf(firstA));
    assert.notEqual(payments.signer, signerOf(firstB));
    await assertNotRestarted(a);

    // Somebody restarts one of the two; it starts on the renewed Secret.
    await a.startIstiod();
    await cart.refresh();
    assert.notEqual(cart.signer, signerOf(firstA));
    const [thirdA, thirdB] = await Promise.all([renewOnSchedule(a), renewOnSchedule(b)]);
    await traffic.round();
    const [lastA, lastB] = await Promise.all([renewOnSchedule(a), renewOnSchedule(b)]);
    await refreshOneByOne([checkout, cart, payments, ledger], traffic);
    assert.deepEqual([checkout, cart, payments, ledger].map(({ signer }) => signer), [signerOf(lastA), signerOf(lastA), signerOf(lastB), signerOf(lastB)]);
    assert.deepEqual(new Set([secondA, secondB, thirdA, thirdB, lastA, lastB].map(caOf)), new Set([caOf(firstA)]));
    await Promise.all([assertIstioCa(lastA, { renewedFrom: firstA }), assertIstioCa(lastB, { renewedFrom: firstB })]);
  });

  assert.notEqual(a.istiod(), firstIstiod);
  await Promise.all([assertNotRestarted(a), assertNotRestarted(b)]);
  assert.ok((await timesLogged(a, tookRenewal)) >= 2 && (await timesLogged(b, tookRenewal)) >= 3);
  for (const [index, party] of [a, b].entries()) {
    const reasons = await reasonsToIssue(party);
    assert.ok(reasons.length >= 2 && reasons.every((each) => each.startsWith('Renewing certificate as renewal was scheduled at')), reasons.join('\n'));
    assert.equal((await party.api.get(rootsAt(party.namespace)))?.metadata.resourceVersion, roots[index]?.metadata.resourceVersion, 'nobody wrote the roots again');
  }
  await assertOnce(a, arn);
});

meshScenario('the AWS subordinate is replaced by another one under the same root: renewals move over, and no workload notices', async ({ a, b }, t) => {
  const [old, fresh] = [await subordinateUnder(a, 'root', 'old'), await subordinateUnder(a, 'root', 'new')];
  const [firstA, firstB] = await Promise.all([a, b].map((party) => establish(party, old.arn)));
  assert.ok(firstA !== undefined && firstB !== undefined);
  const here = await Promise.all([a.sidecar('checkout'), a.sidecar('cart')]);
  const there = await Promise.all([b.sidecar('payments'), b.sidecar('ledger')]);
  const issuedByOld = await a.issuedBy(old.arn);

  await underTraffic(t, [...here, ...there], async (traffic) => {
    for (const [party, former, sidecars] of [[a, firstA, here], [b, firstB, there]] as const) {
      await editIssuer(party, fresh.arn);
      await traffic.round();
      assert.equal(await timesLogged(party, tookRenewal), 0, 'the edit alone renews nothing');
      assert.equal(await a.issuedBy(old.arn), issuedByOld);
      const renewed = await renewSecret(party);
      await untilSigning(party, renewed);
      const { intermediates } = await assertIstioCa(renewed, { renewedFrom: former });
      assert.match(intermediates[0]?.subject ?? '', /\bnew\b/);
      assert.equal(caOf(renewed), caOf(former));
      assert.notEqual(pemBlocks(textOf(renewed, 'tls.crt'))[1], pemBlocks(textOf(former, 'tls.crt'))[1], 'it stands below the other CA');
      await refreshOneByOne(sidecars, traffic);
      assert.deepEqual(sidecars.map(({ signer }) => signer), [signerOf(renewed), signerOf(renewed)]);
      await assertNotRestarted(party);
      assert.ok((await timesLogged(party, tookRenewal)) >= 1);
    }
  });
  await assertOnce(a, fresh.arn);
});
