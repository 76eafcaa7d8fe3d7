// A new root takes the place of the old one: in the documented order nobody notices, and this is what happens in any other.
import assert from 'node:assert/strict';
import type { Sidecar } from '../../hack/control-plane/mesh/sidecar.ts';
import { keepTalking, type Failure } from '../../hack/control-plane/mesh/traffic.ts';
import { assertIstioCa } from '../harness/verdict.ts';
import { assertUnbroken, meshScenario, type Mesh, type Party } from './stage.ts';
import { assertNotRestarted, caOf, editIssuer, establish, multiRoot, refreshOneByOne, renewSecret, signerOf, subordinateUnder, timesLogged, underTraffic, untilHandedOut, untilSigning, type Subordinate } from './steps.ts';

const tookRoots = 'Updating new ROOT-CA';
const refusedRoots = 'Updating new ROOT-CA not supported';
const refusedAllRoots = 'Multi root is disabled, updating new ROOT-CA not supported';

async function roots(party: Party): Promise<readonly [Subordinate, Subordinate]> {
  return [await subordinateUnder(party, 'old-root', 'mesh'), await subordinateUnder(party, 'new-root', 'mesh')];
}

interface Workloads {
  readonly here: readonly [Sidecar, Sidecar];
  readonly there: readonly [Sidecar, Sidecar];
}

async function workloads({ a, b }: Mesh): Promise<Workloads> {
  const [checkout, cart, payments, ledger] = await Promise.all([a.sidecar('checkout'), a.sidecar('cart'), b.sidecar('payments'), b.sidecar('ledger')]);
  return { here: [checkout, cart], there: [payments, ledger] };
}

/** Talks for two rounds. @returns which pairs failed, and why, once each. */
async function brokenPairs(sidecars: readonly Sidecar[]): Promise<ReadonlyMap<string, string>> {
  const { failures } = await keepTalking(sidecars, 0).stop();
  return new Map(failures.map(({ who, why }: Failure) => [who, why]));
}

meshScenario('old root, both roots, new root: in both clusters one after the other, with equal bytes at each step and no failed handshake', async ({ a, b }, t) => {
  const [old, fresh] = await roots(a);
  await Promise.all([a, b].map((party) => establish(party, old.arn, { environment: multiRoot })));
  const { here, there } = await workloads({ a, b });
  const before = caOf(await a.cacerts());
  const seen: string[][] = [];

  await underTraffic(t, [...here, ...there], async (traffic) => {
    /** One step in both clusters: the next one only begins when every workload of both has refreshed. */
    const step = async (arn: string, anchors: readonly (string | undefined)[]): Promise<void> => {
      const bytes: string[] = [];
      for (const [index, [party, sidecars]] of ([[a, here], [b, there]] as const).entries()) {
        await editIssuer(party, arn, anchors[index]);
        const secret = await renewSecret(party);
        await untilSigning(party, secret);
        await refreshOneByOne(sidecars, traffic);
        for (const { signer, credentials } of sidecars) assert.deepEqual([signer, credentials.rootsPem], [signerOf(secret), caOf(secret)]);
        await assertIstioCa(secret);
        bytes.push(caOf(secret));
      }
      seen.push(bytes);
    };
    // Whoever writes them in another order, or names the CA's own root too, gets the same bytes.
    await step(old.arn, [fresh.rootPem, `${fresh.rootPem}\n\n${old.rootPem}`]);
    await step(fresh.arn, [old.rootPem, `${old.rootPem}\n${fresh.rootPem}`]);
    await step(fresh.arn, [undefined, undefined]);
  });

  for (const [first, second] of seen) assert.equal(first, second, 'both clusters have the same bytes');
  const [both = '', bothStill, after = ''] = seen.map(([bytes]) => bytes);
  assert.equal(both, bothStill, 'whoever signs, the roots are the same two');
  assert.deepEqual([both.includes(before), both.includes(after), both.length], [true, true, before.length + after.length]);
  assert.notEqual(after, before);
  for (const party of [a, b]) {
    await assertNotRestarted(party);
    // Two of the three change the roots; the one between them is a renewal like any other.
    assert.deepEqual([await timesLogged(party, tookRoots), await timesLogged(party, refusedRoots)], [2, 0]);
  }
});

meshScenario('without ISTIO_MULTIROOT_MESH istiod keeps the old roots and the old intermediate, and takes the new ones when it is restarted', async ({ a, b }, t) => {
  const [old, fresh] = await roots(a);
  const [former] = await Promise.all([establish(a, old.arn), establish(b, old.arn, { environment: multiRoot })]);
  const { here, there } = await workloads({ a, b });

  await underTraffic(t, [...here, ...there], async (traffic) => {
    await Promise.all([editIssuer(a, old.arn, fresh.rootPem), editIssuer(b, old.arn, fresh.rootPem)]);
    const [secret, other] = await Promise.all([renewSecret(a), renewSecret(b)]);
    await untilSigning(b, other);
    await a.istiod().waitForLog(refusedAllRoots);
    await refreshOneByOne([...here, ...there], traffic);
    assert.deepEqual(here.map(({ signer, credentials }) => [signer, credentials.rootsPem]), here.map(() => [signerOf(former), caOf(former)]));
    await untilHandedOut(a, caOf(former));

    await a.startIstiod();
    await untilHandedOut(a, caOf(secret));
    await refreshOneByOne(here, traffic);
    assert.deepEqual(here.map(({ signer, credentials }) => [signer, credentials.rootsPem]), here.map(() => [signerOf(secret), caOf(secret)]));
  });
});

meshScenario('without the step between, istiod refuses the new root; restarted it takes it, and then each workload that refreshes is cut off from those that have not', async ({ a, b }, t) => {
  const [old, fresh] = await roots(a);
  const [former] = await Promise.all([a, b].map((party) => establish(party, old.arn, { environment: multiRoot })));
  assert.ok(former !== undefined);
  const { here: [checkout, cart], there } = await workloads({ a, b });
  const all = [checkout, cart, ...there];

  await underTraffic(t, all, async (traffic) => {
    await editIssuer(a, fresh.arn);
    await renewSecret(a);
    await a.istiod().waitForLog(refusedRoots);
    await refreshOneByOne([checkout, cart], traffic);
    assert.equal(checkout.signer, signerOf(former), 'it goes on with what it has');
    await untilHandedOut(a, caOf(former));
    // A restart, such as a node's drain, brings what was refused; those who do not refresh still do not notice.
    await a.startIstiod(multiRoot);
    await untilHandedOut(a, caOf(await a.cacerts()));
    await traffic.round();
  });

  await checkout.refresh();
  const broken = await brokenPairs(all);
  assert.deepEqual(new Set(broken.keys()), new Set([cart, ...there].flatMap(({ name }) => [`${checkout.name} -> ${name}`, `${name} -> ${checkout.name}`])), 'one against all, in its own cluster too');
  for (const why of broken.values()) assert.match(why, /self-signed certificate in certificate chain/i);
  await cart.refresh();
  assert.deepEqual(new Set((await brokenPairs(all)).keys()), new Set([checkout, cart].flatMap(({ name }) => there.flatMap((each) => [`${name} -> ${each.name}`, `${each.name} -> ${name}`]))), 'a cluster against the other');

  // The way back: the old CA signs again, and both roots are trusted.
  await editIssuer(a, old.arn, fresh.rootPem);
  await untilSigning(a, await renewSecret(a));
  await Promise.all([checkout.refresh(), cart.refresh()]);
  await assertUnbroken(keepTalking(all));
});
