// Two real pods: what happens to requests when the one that works is killed, replaced or drained?
import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { hasCondition } from '../../hack/control-plane/api.ts';
import { encodedCsr } from '../harness/csr.ts';
import { allowedMs } from '../harness/replicas.ts';
import { ours, scenario, type Scenario } from '../harness/scenario.ts';
import { assertRequestLeaf } from '../harness/verdict.ts';
import { worldOf } from '../harness/worlds.ts';
import { controllerOf, scenarioOfProcesses } from './measure.ts';
import { dispose, helm, holderOf, install, irsaValues, leaderOf, podOf, podsOf, rolledOut } from './release.ts';

const release = 'pca-issuer';
const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: release, name: release } as const;

interface Orders {
  readonly arn: string;
  place(count: number): Promise<void>;
  /** All are issued, proven by samples, and each cost one certificate. */
  settle(): Promise<void>;
}

async function ordersOf(s: Scenario): Promise<Orders> {
  const arn = await s.subordinate();
  const issuerRef = await s.clusterIssuer(arn);
  await s.api.waitFor({ apiVersion: ours, kind: issuerRef.kind, name: issuerRef.name }, (object) => hasCondition(object, 'Ready'));
  const names: string[] = [];
  return {
    arn,
    async place(count) {
      const more = Array.from({ length: count }, (_, index) => `order-${names.length + index}`);
      names.push(...more);
      await Promise.all(more.map((name) => s.request(name, { request: encodedCsr(), issuerRef, usages: ['digital signature', 'server auth'], duration: '24h' })));
    },
    async settle() {
      await Promise.all(names.map((name) => s.requestWith(name, 'Issued')));
      for (const name of names.slice(0, 5)) await assertRequestLeaf(await s.requestWith(name, 'Issued'));
      const { counters } = await s.emulator.journal({ ca: arn });
      assert.deepEqual([counters.certificatesIssued, counters.duplicateIssuesByCsr, counters.violations], [names.length, 0, 0]);
    },
  };
}

/** Places orders and returns once AWS has been asked for the first of them. */
async function underWay(s: Scenario, orders: Orders, count: number): Promise<void> {
  const asked = s.emulator.waitForJournal(({ operation }) => operation === 'IssueCertificate', { ca: orders.arn });
  await Promise.all([orders.place(count), asked]);
}

describe('replicas', { concurrency: 1 }, () => {
  before(async () => {
    const world = await worldOf('node');
    await install(world, release, irsaValues(world));
  });
  after(async () => dispose(await worldOf('node'), release));

  scenarioOfProcesses('when the leader is killed in the midst of its work another one leads soon, and no request costs two certificates', 'node', async (s) => {
    const orders = await ordersOf(s);
    const leader = await holderOf(s.world, release);
    const pod = (await podsOf(s.world, release)).find(({ metadata }) => metadata.name === podOf(leader)) ?? assert.fail(`${leader} holds the lease and is no pod`);
    await underWay(s, orders, 20);
    const startMs = performance.now();
    process.kill(controllerOf(pod).pid, 'SIGKILL');
    await orders.place(5);
    // Mostly the other pod, which has watched the lease for longer; the kubelet may have the killed one back in time to see its end first.
    await holderOf(s.world, release, (holder) => holder !== leader);
    const tookMs = performance.now() - startMs;
    console.log(`the leader was killed: another one leads after ${(tookMs / 1000).toFixed(1)} s`);
    assert.ok(tookMs < allowedMs(20_000), `${tookMs} ms`);
    await orders.settle();
  });

  scenario('a rollout restart in the midst of work loses nothing, and no request costs two certificates', 'node', async (s) => {
    const orders = await ordersOf(s);
    const before_ = (await podsOf(s.world, release)).map(({ metadata }) => metadata.name);
    await underWay(s, orders, 20);
    const startMs = performance.now();
    await s.api.patch(deployment, { spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': new Date().toISOString() } } } } });
    await orders.place(10);
    await rolledOut(s.world, release);
    console.log(`rollout restart: done after ${((performance.now() - startMs) / 1000).toFixed(1)} s`);
    await orders.place(5);
    await orders.settle();
    const now = (await podsOf(s.world, release)).map(({ metadata }) => metadata.name);
    assert.deepEqual(now.filter((name) => before_.includes(name)), []);
  });

  scenario('a drain may take the leader, and then not the other one as well', 'node', async (s) => {
    const orders = await ordersOf(s);
    const leader = await leaderOf(s.world, release);
    const standby = (await podsOf(s.world, release)).map(({ metadata }) => metadata.name ?? '').find((name) => name !== leader) ?? '';
    // Its controller may not have seen yet that both pods are well.
    await s.api.waitFor({ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', namespace: release, name: release }, ({ metadata, status }) => {
      const { disruptionsAllowed, observedGeneration } = (status ?? {}) as Record<string, number>;
      return disruptionsAllowed === 1 && observedGeneration === metadata['generation'];
    });
    await underWay(s, orders, 10);
    const evict = (name: string): Promise<unknown> =>
      s.api.request({
        method: 'POST',
        path: `/api/v1/namespaces/${release}/pods/${name}/eviction`,
        body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace: release } },
      });
    await evict(leader);
    await assert.rejects(evict(standby), /disruption budget/);
    await leaderOf(s.world, release, leader);
    await rolledOut(s.world, release);
    await orders.settle();
  });

  scenario('helm status says that the release is deployed after all of that', 'node', async (s) => {
    assert.match(await helm(s.world, 'status', release, '--namespace', release), /^STATUS: deployed$/m);
  });
});
