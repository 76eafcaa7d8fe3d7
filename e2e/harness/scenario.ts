// One scenario: a namespace of its own, CAs of its own, and words for what people do with them.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, test } from 'node:test';
import type { Api } from '../../hack/control-plane/api.ts';
import { hasCondition } from '../../hack/control-plane/api.ts';
import { timestamp, type ApiObject, type Condition } from '../../hack/control-plane/api/objects.ts';
import type { EmulatorClient } from '../../hack/pca-emulator/src/admin-client.ts';
import type { TierOrder } from '../../hack/pca-emulator/src/authorities/hierarchy.ts';
import type { FaultOrder } from '../../hack/pca-emulator/src/faults/fault-kinds.ts';
import { account, region } from '../../hack/world/trust.ts';
import { leaveWorlds, worldOf, type ScenarioWorld, type WorldName } from './worlds.ts';

export const certManager = 'cert-manager.io/v1';
export const ours = 'awspca.cert-manager.io/v1beta1';
export const group = 'awspca.cert-manager.io';

export interface IssuerRef {
  readonly group: string;
  readonly kind: string;
  readonly name: string;
}

export interface Scenario {
  readonly world: ScenarioWorld;
  readonly api: Api;
  readonly emulator: EmulatorClient;
  readonly namespace: string;
  /** @returns the ARNs, root first. */
  hierarchy(tiers: readonly TierOrder[]): Promise<readonly string[]>;
  /** A root and a subordinate under it, both EC. @returns the subordinate's ARN. */
  subordinate(): Promise<string>;
  clusterIssuer(arn: string, spec?: object): Promise<IssuerRef>;
  issuer(arn: string, spec?: object): Promise<IssuerRef>;
  certificate(name: string, spec: object): Promise<ApiObject>;
  /** Waits until the Certificate is Ready. @returns its Secret. */
  secretOf(certificate: string, timeoutMs?: number): Promise<ApiObject>;
  request(name: string, spec: object): Promise<ApiObject>;
  /** The request once its Ready condition has this reason. */
  requestWith(name: string, reason: string, timeoutMs?: number): Promise<ApiObject>;
  /** Queues a fault for calls that name this CA. */
  fault(ca: string, order: FaultOrder): Promise<void>;
  /** Clears the faults that this scenario queued and that have not struck yet. */
  heal(): Promise<void>;
  /** How many certificates the CA has issued. */
  issuedBy(arn: string): Promise<number>;
  /** Removes the namespace and the cluster-wide issuer. */
  tidy(): Promise<void>;
}

const tierDefaults = { keyAlgorithm: 'EC_prime256v1' } as const;

/** Declares a test that runs a scenario; its namespace is removed afterwards. */
export function scenario(name: string, worldName: WorldName, run: (s: Scenario) => Promise<void>): void {
  void test(name, { timeout: 600_000 }, async () => {
    const world = await worldOf(worldName);
    const made = await beginScenario(world, `e2e-${randomBytes(5).toString('hex')}`);
    await run(made);
    await made.tidy();
  });
}

after(leaveWorlds);

/** @param namespace its own, which does not exist yet. */
export async function beginScenario(world: ScenarioWorld, namespace: string): Promise<Scenario> {
  const { api, emulator } = world;
  await api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  const faults: number[] = [];

  const s: Scenario = {
    world,
    api,
    emulator,
    namespace,
    async hierarchy(tiers) {
      const made = await emulator.createHierarchy({ name: `${namespace}-${randomBytes(3).toString('hex')}`, account, region, tiers });
      return made.authorities.map(({ arn }) => arn);
    },
    async subordinate() {
      const [, arn = ''] = await s.hierarchy([{ name: 'root', ...tierDefaults }, { name: 'subordinate', ...tierDefaults }]);
      return arn;
    },
    async clusterIssuer(arn, spec = {}) {
      await api.apply({ apiVersion: ours, kind: 'AWSPCAClusterIssuer', metadata: { name: namespace }, spec: { arn, ...spec } });
      return { group, kind: 'AWSPCAClusterIssuer', name: namespace };
    },
    async issuer(arn, spec = {}) {
      await api.apply({ apiVersion: ours, kind: 'AWSPCAIssuer', metadata: { name: 'issuer', namespace }, spec: { arn, ...spec } });
      return { group, kind: 'AWSPCAIssuer', name: 'issuer' };
    },
    certificate: (name, spec) => api.create({ apiVersion: certManager, kind: 'Certificate', metadata: { name, namespace }, spec }),
    async secretOf(certificate, timeoutMs) {
      const ready = await api.waitFor(
        { apiVersion: certManager, kind: 'Certificate', namespace, name: certificate },
        (object) => hasCondition(object, 'Ready'),
        { timeoutMs, what: `Certificate ${certificate} to be Ready` },
      );
      const secret = await api.get({ apiVersion: 'v1', kind: 'Secret', namespace, name: ready['spec'].secretName as string });
      if (secret === undefined) throw new Error(`Certificate ${certificate} is Ready without its Secret`);
      return secret;
    },
    request: (name, spec) => api.create({ apiVersion: certManager, kind: 'CertificateRequest', metadata: { name, namespace }, spec }),
    requestWith: (name, reason, timeoutMs) =>
      api.waitFor(
        { apiVersion: certManager, kind: 'CertificateRequest', namespace, name },
        (object) => readyOf(object)?.reason === reason,
        { timeoutMs, what: `CertificateRequest ${name} to say ${reason}` },
      ),
    fault: async (ca, order) => void faults.push((await emulator.fault({ ...order, ca })).id),
    heal: async () => {
      for (const id of faults.splice(0)) await emulator.clearFaults({ id });
    },
    issuedBy: async (arn) => (await emulator.journal({ ca: arn })).counters.certificatesIssued,
    tidy: async () => {
      await api.remove({ apiVersion: 'v1', kind: 'Namespace', name: namespace });
      await api.remove({ apiVersion: ours, kind: 'AWSPCAClusterIssuer', name: namespace });
    },
  };
  return s;
}

export function readyOf(object: ApiObject): Condition | undefined {
  return ((object['status']?.conditions ?? []) as readonly Condition[]).find(({ type }) => type === 'Ready');
}

/** One certificate for each request. On a busy machine cert-manager's view of a Certificate is late at times, and it asks twice. */
export async function assertOnce({ emulator }: Pick<Scenario, 'emulator'>, arn: string): Promise<void> {
  const { counters } = await emulator.journal({ ca: arn });
  assert.deepEqual([counters.certificatesIssued > 0, counters.duplicateIssuesByCsr, counters.violations], [true, 0, 0]);
}

/** How many certificates the CA has issued for its first CSR. A Certificate sends another one when its request has failed, and may for the reason above. */
export async function costOfFirst({ emulator }: Pick<Scenario, 'emulator'>, arn: string): Promise<number> {
  const issued = (await emulator.journal({ ca: arn })).entries.filter((entry) => entry.issued);
  return issued.filter(({ csrSha256 }) => csrSha256 === issued[0]?.csrSha256).length;
}

/** Lets an approver's verdict stand on a request, as `cmctl approve` or `cmctl deny` does. */
export async function judge(s: Scenario, name: string, verdict: 'Approved' | 'Denied'): Promise<void> {
  const condition = { type: verdict, status: 'True', reason: 'e2e', message: 'the test says so', lastTransitionTime: timestamp() };
  await s.api.patch({ apiVersion: certManager, kind: 'CertificateRequest', namespace: s.namespace, name }, { status: { conditions: [condition] } }, 'status');
}

/** The spec of the issue's Certificate: an intermediate CA for istiod. */
export function cacertsSpec(issuerRef: IssuerRef, privateKey: object = { algorithm: 'ECDSA', size: 256 }): object {
  return {
    isCA: true,
    secretName: 'cacerts',
    commonName: 'cluster-a.istio-ca',
    duration: '2160h',
    renewBefore: '720h',
    privateKey: { rotationPolicy: 'Always', ...privateKey },
    usages: ['digital signature', 'cert sign', 'crl sign'],
    issuerRef,
  };
}
