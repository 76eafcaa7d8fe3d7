// Two clusters, each on the root that its istiod made for itself, come under one root of AWS: no outage inside, and then they trust each other.
import assert from 'node:assert/strict';
import { tookRenewal, tookSecret } from '../../hack/control-plane/istiod.ts';
import type { ApiObject } from '../../hack/control-plane/api/objects.ts';
import { dataOf, textOf } from '../../hack/control-plane/api/secret-data.ts';
import { shakeHands } from '../../hack/control-plane/mesh/handshake.ts';
import { certManager } from '../harness/scenario.ts';
import { assertIstioCa } from '../harness/verdict.ts';
import { meshScenario, type Party } from './stage.ts';
import { assertNotRestarted, caOf, editIssuer, multiRoot, refreshOneByOne, renewSecret, signerOf, timesLogged, underTraffic, untilHandedOut, untilSigning } from './steps.ts';

const secretAt = ({ namespace }: Party, name: string) => ({ apiVersion: 'v1', kind: 'Secret', namespace, name });

/** The steps of docs/guides/from-self-signed.md, for one cluster. */
const guide = {
  /** kubectl -n istio-system get secret istio-ca-secret -o jsonpath='{.data.ca-cert\.pem}' | base64 -d > NAME-old-root.pem */
  readOldRoot: async (party: Party): Promise<string> => textOf(await theirs(party), 'ca-cert.pem'),

  /** The issuer with the old roots of all clusters, and a Certificate that writes beside `cacerts`. @returns its ca.crt: every root, old and new. */
  learnRoots: async (party: Party, arn: string, oldRoots: string): Promise<string> => {
    await editIssuer(party, arn, oldRoots);
    await party.orderCacerts({ secretName: 'cacerts-next' });
    return caOf(await party.secretOf('cacerts'));
  },

  /**
   * kubectl -n istio-system create secret generic cacerts --type=kubernetes.io/tls \
   *   --from-file=tls.crt=old-ca-cert.pem --from-file=tls.key=old-ca-key.pem --from-file=ca.crt=roots.pem
   * kubectl -n istio-system rollout restart deployment istiod
   */
  trustAllRoots: async (party: Party, roots: string, environment?: Readonly<Record<string, string>>): Promise<void> => {
    await party.api.create(await oldSigns(party, roots));
    const istiod = await party.startIstiod(environment);
    await istiod.waitForLog(tookSecret);
    await untilHandedOut(party, roots);
  },

  /** The way back from there: kubectl -n istio-system delete secret cacerts, and the restart. */
  backToSelfSigned: async (party: Party): Promise<void> => {
    await party.api.remove(secretAt(party, 'cacerts'));
    const istiod = await party.startIstiod();
    await istiod.waitForLog(isSelfSigned);
    await untilHandedOut(party, await guide.readOldRoot(party));
  },

  /** kubectl -n istio-system patch certificate cacerts --type merge -p '{"spec":{"secretName":"cacerts"}}' */
  letAwsSign: async (party: Party): Promise<ApiObject> => {
    const former = await party.api.get(secretAt(party, 'cacerts'));
    assert.ok(former !== undefined);
    await party.orderCacerts();
    await party.cacertsAfter(former);
    const secret = await party.cacerts();
    await untilSigning(party, secret);
    return secret;
  },

  /** The way back from there: kubectl -n istio-system delete certificate cacerts, and the Secret of the first phase applied again. */
  letOldSign: async (party: Party, roots: string): Promise<void> => {
    await party.api.remove({ apiVersion: certManager, kind: 'Certificate', namespace: party.namespace, name: 'cacerts' });
    await party.untilTaken(async () => party.api.apply(await oldSigns(party, roots)));
  },

  /** Takes additionalTrustAnchors out of the issuer; cmctl renew cacerts -n istio-system */
  dropOldRoots: async (party: Party, arn: string): Promise<ApiObject> => {
    await editIssuer(party, arn);
    return renewSecret(party);
  },

  /** kubectl -n istio-system delete secret istio-ca-secret cacerts-next */
  cleanUp: async (party: Party): Promise<void> => {
    for (const name of ['istio-ca-secret', 'cacerts-next']) await party.api.remove(secretAt(party, name));
  },
};

const isSelfSigned = 'Use self-signed certificate as the CA certificate';

/** A `cacerts` with which the old CA goes on to sign, while all roots are trusted. */
async function oldSigns(party: Party, roots: string): Promise<ApiObject> {
  const old = await theirs(party);
  const data = dataOf({ 'tls.crt': textOf(old, 'ca-cert.pem'), 'tls.key': textOf(old, 'ca-key.pem'), 'ca.crt': roots });
  return { apiVersion: 'v1', kind: 'Secret', metadata: { namespace: party.namespace, name: 'cacerts' }, type: 'kubernetes.io/tls', data };
}

/** What istiod made for itself. */
async function theirs(party: Party): Promise<ApiObject> {
  return (await party.api.get(secretAt(party, 'istio-ca-secret'))) ?? assert.fail('istiod has no root of its own');
}

meshScenario('from two self-signed roots to one of AWS, in three phases, without a failed handshake; the clusters trust each other from the first on', async ({ a, b }, t) => {
  const arn = await a.subordinate();
  await Promise.all([a.startIstiod(), b.startIstiod()]);
  await Promise.all([a, b].map((party) => party.istiod().waitForLog(isSelfSigned)));
  const here = await Promise.all([a.sidecar('checkout'), a.sidecar('cart')]);
  const there = await Promise.all([b.sidecar('payments'), b.sidecar('ledger')]);
  const all = [...here, ...there];
  assert.match((await shakeHands(here[0].credentials, there[0].credentials)) ?? '', /^client: self-signed certificate/);

  const oldRoots = (await Promise.all([a, b].map(guide.readOldRoot))).join('');
  const [roots = '', sameRoots] = await Promise.all([a, b].map((party) => guide.learnRoots(party, arn, oldRoots)));
  assert.equal(roots, sameRoots, 'both clusters get the same bytes');
  assert.equal(roots.match(/BEGIN/g)?.length, 3);

  // Phase 1: who signs stays, who is trusted grows. The two clusters cannot talk with each other yet, so each does for itself.
  await underTraffic(t, here, (inA) =>
    underTraffic(t, there, async (inB) => {
      await guide.trustAllRoots(a, roots);
      await refreshOneByOne([here[0]], inA);
      await guide.backToSelfSigned(a);
      await refreshOneByOne(here, inA);
      assert.equal(here[0].credentials.rootsPem, await guide.readOldRoot(a));
      await Promise.all([guide.trustAllRoots(a, roots), guide.trustAllRoots(b, roots, multiRoot)]);
      await Promise.all([refreshOneByOne(here, inA), refreshOneByOne(there, inB)]);
    }),
  );

  await underTraffic(t, all, async (traffic) => {
    // Phase 2: AWS's intermediate signs. ca.crt has the same bytes, so istiod needs neither a restart nor a flag.
    const tried = await guide.letAwsSign(a);
    assert.equal(caOf(tried), roots);
    await refreshOneByOne([here[0]], traffic);
    await guide.letOldSign(a, roots);
    await refreshOneByOne(here, traffic);
    const [signingA, signingB] = [await guide.letAwsSign(a), await guide.letAwsSign(b)];
    assert.deepEqual([caOf(signingA), caOf(signingB)], [roots, roots]);
    for (const [party, times] of [[a, 3], [b, 1]] as const) {
      await assertNotRestarted(party);
      assert.ok((await timesLogged(party, tookRenewal)) >= times);
      assert.equal(await timesLogged(party, 'Updating new ROOT-CA'), 0, 'for istiod the roots never changed');
    }
    await refreshOneByOne(all, traffic);
    assert.deepEqual(all.map(({ signer }) => signer), [signerOf(signingA), signerOf(signingA), signerOf(signingB), signerOf(signingB)]);

    // Phase 3: the old roots go. Without the flag istiod is restarted for that.
    const [lastA, lastB] = [await guide.dropOldRoots(a, arn), await guide.dropOldRoots(b, arn)];
    assert.equal(caOf(lastA), caOf(lastB));
    await a.istiod().waitForLog('Multi root is disabled');
    await a.startIstiod();
    await untilSigning(a, lastA);
    await untilSigning(b, lastB);
    await assertNotRestarted(b);
    await refreshOneByOne(all, traffic);
    for (const { credentials } of all) assert.equal(credentials.rootsPem, caOf(lastA));
    await assertIstioCa(lastA);
    await assertIstioCa(lastB);

    await Promise.all([a, b].map(guide.cleanUp));
    await Promise.all([a.startIstiod(), b.startIstiod()]);
    await refreshOneByOne([here[0], there[0]], traffic);
    for (const party of [a, b]) assert.equal(await party.api.get(secretAt(party, 'istio-ca-secret')), undefined, 'nobody makes it again');
  });
});
