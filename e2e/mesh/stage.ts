// Two clusters of one company on the stage: each with its own control plane, cert-manager, controller and istiod, under one AWS.
import assert from 'node:assert/strict';
import { randomBytes, X509Certificate } from 'node:crypto';
import { after, test, type TestContext } from 'node:test';
import type { ApiObject } from '../../hack/control-plane/api/objects.ts';
import { textOf } from '../../hack/control-plane/api/secret-data.ts';
import { readCluster, type Cluster } from '../../hack/control-plane/cluster/state.ts';
import { startIstiod, tookRenewal, type Istiod } from '../../hack/control-plane/istiod.ts';
import { startSidecar, type Sidecar } from '../../hack/control-plane/mesh/sidecar.ts';
import type { Traffic } from '../../hack/control-plane/mesh/traffic.ts';
import { isSettled, renew } from '../../hack/world/renew.ts';
import { beginScenario, cacertsSpec, certManager, group, type IssuerRef, type Scenario } from '../harness/scenario.ts';
import { leaveWorlds, worldOf } from '../harness/worlds.ts';

export type PartyName = 'a' | 'b' | 'c';

/** One cluster, in a namespace of the scenario that is its istio-system. */
export interface Party extends Scenario {
  readonly name: PartyName;
  readonly cluster: Cluster;
  /** The cluster-wide issuer of this scenario. */
  readonly issuerRef: IssuerRef;
  /** Applies the Certificate `cacerts`, with changes where some are told. */
  orderCacerts(changes?: object): Promise<void>;
  /** The Secret once the Certificate is Ready and nothing is under way. */
  cacerts(): Promise<ApiObject>;
  /** The Secret once it holds another certificate than this one. */
  cacertsAfter(former: ApiObject): Promise<ApiObject>;
  /** Renews as `cmctl renew` does, and waits until istiod has taken it. @returns the Secret. */
  renew(): Promise<ApiObject>;
  /** Does something to `cacerts` and waits until istiod has taken what came of it, without a restart. */
  untilTaken(change: () => Promise<unknown>): Promise<void>;
  /** Waits until istiod has a certificate from the intermediate of this Secret for itself, and so has everybody who asks from now on. */
  untilSigning(secret: ApiObject): Promise<void>;
  /** Starts istiod, or starts it again, as `kubectl rollout restart` does. @throws when it refuses its Secret */
  startIstiod(environment?: Readonly<Record<string, string>>): Promise<Istiod>;
  istiod(): Istiod;
  /** A workload with its ServiceAccount and its first certificate. */
  sidecar(serviceAccount: string): Promise<Sidecar>;
  end(): Promise<void>;
}

/** The two clusters; more of what they share is on `a`: emulator, hierarchies, faults. */
export interface Mesh {
  readonly a: Party;
  readonly b: Party;
}

/** Declares a test on the two clusters; namespaces and istiods are removed afterwards. */
export function meshScenario(name: string, run: (mesh: Mesh, t: TestContext) => Promise<void>): void {
  void test(name, { timeout: 600_000 }, async (t) => {
    const namespace = `mesh-${randomBytes(4).toString('hex')}`;
    const [a, b] = await Promise.all([openParty('a', namespace), openParty('b', namespace)]);
    try {
      await run({ a, b }, t);
      await Promise.all([a.tidy(), b.tidy()]);
    } finally {
      await Promise.all([a.end(), b.end()]);
    }
  });
}

after(leaveWorlds);

/** Enters a cluster with a namespace of one's own. `end` stops its istiod. */
export async function openParty(name: PartyName, namespace: string): Promise<Party> {
  const cluster = await readCluster(`e2e-mesh-${name}`);
  if (cluster === undefined) throw new Error(`cluster ${name} is not running; start the scenarios with npm run e2e:mesh`);
  const scenario = await beginScenario(await worldOf(`mesh-${name}`), namespace);
  const { api } = scenario;
  const certificate = { apiVersion: certManager, kind: 'Certificate', namespace, name: 'cacerts' };
  const secretAt = { apiVersion: 'v1', kind: 'Secret', namespace, name: 'cacerts' };
  let running: Istiod | undefined;
  const party: Party = {
    ...scenario,
    name,
    cluster,
    issuerRef: { group, kind: 'AWSPCAClusterIssuer', name: namespace },
    orderCacerts: async (changes = {}) => {
      const spec = { ...cacertsSpec(party.issuerRef), commonName: `cluster-${name}.istio-ca`, ...changes };
      await api.apply({ apiVersion: certManager, kind: 'Certificate', metadata: { namespace, name: 'cacerts' }, spec });
    },
    cacerts: async () => {
      const isDone = (object: ApiObject) => isSettled(object) && object['status'].observedGeneration !== 0;
      await api.waitFor(certificate, isDone, { what: `cluster ${name}'s cacerts to be Ready` });
      return (await api.get(secretAt)) ?? Promise.reject(new Error(`cluster ${name}'s Certificate is Ready without its Secret`));
    },
    cacertsAfter: (former) =>
      api.waitFor(secretAt, (secret) => secret['data']['tls.crt'] !== former['data']['tls.crt'], { what: `cluster ${name}'s cacerts to be another` }),
    renew: async () => {
      const former = await party.cacerts();
      let renewed = former;
      await party.untilTaken(async () => {
        await renew(api, namespace, 'cacerts');
        renewed = await party.cacertsAfter(former);
      });
      await party.untilSigning(renewed);
      return renewed;
    },
    untilTaken: async (change) => {
      const istiod = party.istiod();
      const before = (await istiod.logs()).length;
      await change();
      await istiod.waitForLog(tookRenewal, { after: before });
    },
    untilSigning: async (secret) => void (await party.istiod().waitForLog(`SN: ${BigInt(`0x${intermediateOf(secret).serialNumber}`).toString(16)},`)),
    startIstiod: async (environment) => {
      await running?.stop();
      running = undefined;
      running = await startIstiod({ cluster, api, namespace, environment });
      return running;
    },
    istiod: () => running ?? assert.fail(`cluster ${name} has no istiod yet`),
    sidecar: async (serviceAccount) => {
      await api.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace, name: serviceAccount } });
      return startSidecar(`${name}/${serviceAccount}`, { namespace, serviceAccount }, () => party.istiod());
    },
    end: async () => running?.stop(),
  };
  return party;
}

/** Who signs, by the `cacerts` of the newer layout. */
export function intermediateOf(secret: ApiObject): X509Certificate {
  return new X509Certificate(textOf(secret, 'tls.crt'));
}

/** Ends the traffic and holds every single handshake to account. @returns how many there were. */
export async function assertUnbroken(traffic: Traffic): Promise<number> {
  const { handshakes, failures } = await traffic.stop();
  assert.deepEqual(failures.slice(0, 5), [], `${failures.length} of ${handshakes} handshakes failed`);
  assert.ok(handshakes > 0);
  return handshakes;
}
