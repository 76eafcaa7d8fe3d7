// What people do to a running mesh, in the words of the guides, and what they look at afterwards.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { ApiObject } from '../../hack/control-plane/api/objects.ts';
import { textOf } from '../../hack/control-plane/api/secret-data.ts';
import { untilHandedOut as waitForRoots } from '../../hack/control-plane/istio/handed-out.ts';
import type { Sidecar } from '../../hack/control-plane/mesh/sidecar.ts';
import { keepTalking, type Traffic } from '../../hack/control-plane/mesh/traffic.ts';
import { renew } from '../../hack/world/renew.ts';
import { account, region } from '../../hack/world/trust.ts';
import { ours, readyOf } from '../harness/scenario.ts';
import { assertUnbroken, intermediateOf, type Party } from './stage.ts';

export const multiRoot = { ISTIO_MULTIROOT_MESH: 'true' } as const;

/** What istiod says when its CA comes from `cacerts`: once for each start. */
const started = 'Use local CA certificate';

export interface Subordinate {
  readonly arn: string;
  readonly rootPem: string;
}

/** An AWS subordinate under the root of that name, which is made where it is missing. */
export async function subordinateUnder({ emulator, namespace }: Party, root: string, name: string): Promise<Subordinate> {
  const tiers = ['root', name].map((each) => ({ name: each, keyAlgorithm: 'EC_prime256v1' }) as const);
  const { authorities: [top, below] } = await emulator.createHierarchy({ name: `${namespace}-${root}`, account, region, tiers });
  return { arn: below?.arn ?? '', rootPem: top?.certificate ?? '' };
}

/** Issuer, Certificate, Secret, istiod: in this order. */
export async function establish(party: Party, arn: string, { spec, environment }: { readonly spec?: object; readonly environment?: Readonly<Record<string, string>> } = {}): Promise<ApiObject> {
  await party.clusterIssuer(arn);
  await party.orderCacerts(spec);
  const secret = await party.cacerts();
  await party.startIstiod(environment);
  return secret;
}

/** Edits the issuer and waits until it is Ready as it now stands. Nothing is issued for that. */
export async function editIssuer(party: Party, arn: string, additionalTrustAnchors?: string): Promise<void> {
  await party.clusterIssuer(arn, additionalTrustAnchors === undefined ? {} : { additionalTrustAnchors });
  const isDone = (issuer: ApiObject) => {
    const ready = readyOf(issuer);
    return ready?.status === 'True' && ready.observedGeneration === issuer.metadata.generation;
  };
  await party.api.waitFor({ apiVersion: ours, kind: 'AWSPCAClusterIssuer', name: party.namespace }, isDone, { what: `cluster ${party.name}'s edited issuer to be Ready` });
}

/** `cmctl renew cacerts`, whatever istiod makes of it. @returns the renewed Secret. */
export async function renewSecret(party: Party): Promise<ApiObject> {
  const former = await party.cacerts();
  await renew(party.api, party.namespace, 'cacerts');
  await party.cacertsAfter(former);
  return party.cacerts();
}

/** Waits until istiod signs with the intermediate of this Secret, and its workloads are handed out these roots. */
export async function untilSigning(party: Party, secret: ApiObject): Promise<void> {
  await party.untilSigning(secret);
  await untilHandedOut(party, caOf(secret));
}

export function untilHandedOut({ api, namespace, name }: Party, roots: string): Promise<ApiObject> {
  return waitForRoots(api, namespace, roots, `cluster ${name}'s istio-ca-root-cert to hold the roots of its Secret`);
}

/** Each in turn asks for another certificate, and everybody talks with everybody before the next one does. */
export async function refreshOneByOne(sidecars: readonly Sidecar[], traffic: Traffic): Promise<void> {
  for (const sidecar of sidecars) {
    await sidecar.refresh();
    await traffic.round();
  }
}

/** Takes these steps while every workload talks with every other one: not one handshake may fail from before the first to after the last. */
export async function underTraffic(t: TestContext, sidecars: readonly Sidecar[], steps: (traffic: Traffic) => Promise<void>): Promise<void> {
  await using traffic = keepTalking(sidecars);
  try {
    await traffic.round();
    await steps(traffic);
  } catch (error) {
    const { failures } = await traffic.stop();
    t.diagnostic(`failed handshakes: ${JSON.stringify(failures.slice(0, 3))}`);
    throw error;
  }
  t.diagnostic(`${await assertUnbroken(traffic)} handshakes, none failed`);
}

/** Who signs, as a sidecar names its signer. */
export function signerOf(secret: ApiObject): string {
  const { subject, serialNumber } = intermediateOf(secret);
  return `${subject} ${serialNumber}`;
}

export function caOf(secret: ApiObject): string {
  return textOf(secret, 'ca.crt');
}

/** How often a line with this text stands in istiod's log. */
export async function timesLogged(party: Party, text: string): Promise<number> {
  return (await party.istiod().logs()).split('\n').filter((line) => line.includes(text)).length;
}

/** The istiod that runs is the one that was started: its log knows no second start. */
export async function assertNotRestarted(party: Party): Promise<void> {
  assert.equal(await timesLogged(party, started), 1, `cluster ${party.name}'s istiod was started again`);
}
