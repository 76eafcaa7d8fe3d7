// One cluster's key is stolen. Its intermediate is revoked: who notices, what must be in place for it, and how does the cluster come back?
import assert from 'node:assert/strict';
import { textOf } from '../../hack/control-plane/api/secret-data.ts';
import { shakeHands } from '../../hack/control-plane/mesh/handshake.ts';
import { checking, emptyList, judgeByLists, publishedLists } from '../../hack/control-plane/mesh/revocation-lists.ts';
import { keepTalking } from '../../hack/control-plane/mesh/traffic.ts';
import { account, region } from '../../hack/world/trust.ts';
import { askBundle } from '../harness/bundle.ts';
import { assertIstioCa } from '../harness/verdict.ts';
import { assertUnbroken, meshScenario, openParty, type Party } from './stage.ts';

const heldBy = async (party: Party, key: string): Promise<string> => textOf(await party.cacerts(), key);

/** All lists that a proxy of this mesh needs: those of AWS, asked for now, and one of each intermediate. */
async function listsFor(parties: readonly Party[]): Promise<{ readonly ofAws: readonly string[]; readonly all: readonly string[] }> {
  const [first] = parties;
  assert.ok(first !== undefined);
  const ofAws = await publishedLists(await heldBy(first, 'tls.crt'));
  const own = await Promise.all(parties.map(async (party) => emptyList({ certificatePem: await heldBy(party, 'tls.crt'), keyPem: await heldBy(party, 'tls.key') })));
  return { ofAws, all: [...ofAws, ...own] };
}

/** As the person on call runs it. */
async function revoke(party: Party, ...flags: readonly string[]): Promise<string> {
  const { accessKeyId, secretAccessKey } = await party.emulator.createAccessKey({ account, user: 'on-call' });
  const environment = {
    KUBECONFIG: party.cluster.kubeconfig,
    AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_ENDPOINT_URL: party.emulator.url, AWS_REGION: region,
  };
  const { code, out, err } = await askBundle(environment, 'revoke', '--certificate', 'cacerts', '-n', party.namespace, '--reason', 'key-compromise', '--yes', ...flags);
  assert.equal(code, 0, err);
  return out;
}

meshScenario('a revoked intermediate: nothing notices without lists, with them its workloads are refused everywhere and no others, and a new one is let in', async ({ a, b }) => {
  const key = { keyAlgorithm: 'EC_prime256v1', revocationConfiguration: { CrlConfiguration: { Enabled: true, ExpirationInDays: 7, CustomCname: new URL(a.emulator.url).host } } } as const;
  const [, arn = ''] = await a.hierarchy([{ name: 'root', ...key }, { name: 'subordinate', ...key }]);
  const other = await openParty('a', `${a.namespace}-other`);
  try {
    const parties = [a, b, other];
    await Promise.all(parties.map(async (party) => {
      await party.clusterIssuer(arn);
      // Lists are found by the name of their CA: no two may share one.
      await party.orderCacerts(party === other ? { commonName: 'cluster-other.istio-ca' } : {});
      await party.cacerts();
      await party.startIstiod();
    }));
    const workloads = await Promise.all([a.sidecar('checkout'), a.sidecar('cart'), other.sidecar('search'), b.sidecar('payments')]);
    const [checkout, , , payments] = workloads;
    assert.ok(checkout !== undefined && payments !== undefined);
    const withLists = (listsPem: readonly string[]) => workloads.map((each) => checking(each, listsPem));
    const before = await listsFor(parties);
    assert.equal(before.ofAws.length, 2, 'the root has one, and the subordinate');
    await assertUnbroken(keepTalking(withLists(before.all)));
    // AWS's lists alone are worse than none: Envoy wants one of the intermediate too, and nobody but its own cluster can sign that.
    assert.match((await shakeHands(checking(checkout, before.ofAws).credentials, payments.credentials)) ?? '', /^server: UNABLE_TO_GET_CRL/);

    await using unaware = keepTalking(workloads);
    assert.match(await revoke(b), /Revoked: serial /);
    await payments.refresh(); // its istiod goes on signing
    await unaware.round();
    await assertUnbroken(unaware);
    await assertUnbroken(keepTalking(withLists(before.all)));

    const after = await listsFor(parties);
    const { handshakes, failures } = await keepTalking(withLists(after.all)).stop();
    const cutOff = workloads.slice(0, 3).flatMap(({ name }) => [`${name} -> b/payments`, `b/payments -> ${name}`]);
    assert.deepEqual([...new Set(failures.map(({ who }) => who))].toSorted(), cutOff.toSorted());
    assert.equal(failures.length * 2, handshakes, 'each of its handshakes failed, and none of the others');
    for (const { why } of failures) assert.match(why, /CERT_REVOKED|certificate revoked/);

    // ztunnel lets pass what it has no list for: AWS's lists are enough for it to see that the intermediate is revoked.
    const [roots, revoked, good] = await Promise.all([heldBy(a, 'ca.crt'), heldBy(b, 'tls.crt'), heldBy(a, 'tls.crt')]);
    assert.match((await judgeByLists(revoked, roots, after.ofAws)) ?? '', /error 23 at 0 depth lookup: certificate revoked/);
    assert.equal(await judgeByLists(revoked, roots, before.ofAws), undefined);
    assert.equal(await judgeByLists(good, roots, after.ofAws), undefined);

    const former = await b.cacerts();
    const stolen = payments.credentials;
    await b.untilTaken(async () => assert.match(await revoke(b, '--renew'), /It was revoked before[\s\S]*marked for renewal/));
    const renewed = await b.cacerts();
    await assertIstioCa(renewed, { renewedFrom: former });
    assert.notEqual(renewed['data']['tls.key'], former['data']['tls.key']);
    await payments.refresh();
    const last = await listsFor(parties);
    await assertUnbroken(keepTalking(withLists(last.all)));
    assert.match((await shakeHands(checking(checkout, last.all).credentials, stolen)) ?? '', /^server: CERT_REVOKED/);
    await other.tidy();
  } finally {
    await other.end();
  }
});
