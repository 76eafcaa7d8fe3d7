// Two replicas: one works, the other takes over, and never do two certificates come of one request.
import assert from 'node:assert/strict';
import { readyOf, scenario, type IssuerRef, type Scenario } from '../harness/scenario.ts';
import { encodedCsr } from '../harness/csr.ts';
import { untilMetrics, type MetricsPage } from '../harness/metrics-page.ts';
import { startForwarder } from '../harness/forwarder.ts';
import { allowedMs, endReplicas, isBy, logSays, startReplica, type Replica } from '../harness/replicas.ts';
import { assertRequestLeaf } from '../harness/verdict.ts';

const world = 'replicated';
const leads = 'this process leads';

/** The leader, and the one that stands by, as the scenario before left them. */
let pair: { readonly leader: Replica; readonly standby: Replica } | undefined;

async function pairOf(s: Scenario): Promise<{ readonly leader: Replica; readonly standby: Replica }> {
  const left = pair;
  // A scenario that fails leaves none behind.
  pair = undefined;
  if (left !== undefined) return left;
  await endReplicas(s.world);
  const leader = await startReplica(s.world);
  await logSays(leader, leads);
  return { leader, standby: await startReplica(s.world) };
}

interface Orders {
  readonly arn: string;
  /** Makes so many requests more. @returns their names. */
  place(count: number): Promise<readonly string[]>;
  /** Waits until these are Issued. */
  issued(names: readonly string[], timeoutMs?: number): Promise<void>;
  /** All are Issued and proven, and each cost one certificate. */
  settle(): Promise<void>;
}

async function ordersOf(s: Scenario): Promise<Orders> {
  const arn = await s.subordinate();
  const issuerRef: IssuerRef = await s.clusterIssuer(arn);
  await s.api.waitFor({ apiVersion: 'awspca.cert-manager.io/v1beta1', kind: 'AWSPCAClusterIssuer', name: s.namespace }, (object) => readyOf(object)?.status === 'True');
  const names: string[] = [];
  const orders: Orders = {
    arn,
    async place(count) {
      const more = Array.from({ length: count }, (_, index) => `order-${names.length + index}`);
      names.push(...more);
      await Promise.all(more.map((name) => s.request(name, { request: encodedCsr(), issuerRef, usages: ['digital signature', 'server auth'], duration: '24h' })));
      return more;
    },
    issued: async (some, timeoutMs?: number) => void (await Promise.all(some.map((name) => s.requestWith(name, 'Issued', timeoutMs)))),
    async settle() {
      await orders.issued(names);
      for (const name of names.slice(0, 10)) await assertRequestLeaf(await s.requestWith(name, 'Issued'));
      const { counters } = await s.emulator.journal({ ca: arn });
      assert.deepEqual([counters.certificatesIssued, counters.duplicateIssuesByCsr, counters.violations], [names.length, 0, 0]);
    },
  };
  return orders;
}

/** Places orders and returns as soon as the leader has sent AWS the first of them. */
async function underWay(s: Scenario, orders: Orders, leader: Replica, count: number): Promise<readonly string[]> {
  const [names] = await Promise.all([
    orders.place(count),
    s.emulator.waitForJournal((entry) => entry.operation === 'IssueCertificate' && isBy(leader, entry), { ca: orders.arn }),
  ]);
  return names;
}

/** The other one leads, and has issued its first certificate, so many milliseconds after the signal at most. */
async function assertHandover(start: number, standby: Replica, promisedMs: number, signal: string): Promise<void> {
  await logSays(standby, leads);
  const leadsMs = performance.now() - start;
  await logSays(standby, 'certificate issued');
  const issuedMs = performance.now() - start;
  console.log(`${signal}: the other one leads after ${Math.round(leadsMs)} ms, and has issued a certificate after ${Math.round(issuedMs)} ms`);
  assert.ok(issuedMs < allowedMs(promisedMs), `${issuedMs} ms`);
}

scenario('a leader that is told to stop hands over within 5 seconds, and leaves nothing to be ordered twice', world, async (s) => {
  const { leader, standby } = await pairOf(s);
  const orders = await ordersOf(s);
  await underWay(s, orders, leader, 10);
  const start = performance.now();
  leader.send('SIGTERM');
  await orders.place(1);
  const ended = leader.ended.then((how) => ({ how, tookMs: performance.now() - start }));
  await assertHandover(start, standby, 5_000, 'SIGTERM');
  const { how, tookMs } = await ended;
  assert.match(how, /exit code 0/);
  assert.ok(tookMs < allowedMs(5_000), `it ended after ${tookMs} ms`);
  await orders.settle();
  const { counters } = await s.emulator.journal({ ca: orders.arn });
  assert.equal(counters.idempotentReplays, 0, 'the ARN of every certificate that was ordered was written down');
  pair = { leader: standby, standby: await startReplica(s.world) };
  await orders.issued(await orders.place(5));
  const keepsNothing = (page: MetricsPage): boolean => page.valueOf('workqueue_depth', { name: 'certificaterequest' }) === 0;
  await untilMetrics(pair.standby.metricsUrl, 'one that stands by keeps nothing of finished requests', keepsNothing);
});

scenario('a leader that is killed is replaced within 20 seconds', world, async (s) => {
  const { leader, standby } = await pairOf(s);
  const orders = await ordersOf(s);
  await underWay(s, orders, leader, 10);
  const start = performance.now();
  await leader.kill();
  await orders.place(1);
  await assertHandover(start, standby, 20_000, 'SIGKILL');
  await orders.settle();
  pair = { leader: standby, standby: await startReplica(s.world) };
});

scenario('while the API server takes no writes, nothing is ordered, and afterwards each request costs one certificate', world, async (s) => {
  const { leader } = await pairOf(s);
  const orders = await ordersOf(s);
  const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name: 'pca-issuer:pca-issuer' };
  const { rules } = (await s.api.get(role)) as unknown as { readonly rules: readonly { readonly verbs: readonly string[] }[] };
  await s.api.patch(role, { rules: rules.map((rule) => ({ ...rule, verbs: rule.verbs.filter((verb) => verb !== 'patch') })) });
  try {
    const issuerRef = { group: 'awspca.cert-manager.io', kind: 'AWSPCAClusterIssuer', name: 'none-such' };
    await s.request('first', { request: encodedCsr(), issuerRef });
    await logSays(leader, `the status of ${s.namespace}/first will be written again`);
    for (const name of await orders.place(5)) await logSays(leader, `the status of ${s.namespace}/${name} will be written again`);
    assert.equal(await s.issuedBy(orders.arn), 0);
  } finally {
    await s.api.patch(role, { rules });
  }
  await orders.settle();
});

scenario('a leader that is cut off from the API server orders nothing more and ends; the other one goes on', world, async (s) => {
  const former = await pairOf(s);
  await using forwarder = await startForwarder(s.api.server);
  await former.standby.kill();
  const leader = await startReplica(s.world, forwarder.url);
  former.leader.send('SIGTERM');
  await logSays(leader, leads);
  const standby = await startReplica(s.world);
  const orders = await ordersOf(s);
  await underWay(s, orders, leader, 10);
  forwarder.cut();
  const cutAt = Date.now();
  const ended = leader.ended.then((how) => ({ how, endedAt: Date.now() }));
  await orders.place(5);
  const { how, endedAt } = await ended;
  assert.match(how, /exit code 1[^]*the lease was lost/);
  console.log(`cut off from the API server: ended after ${endedAt - cutAt} ms`);
  assert.ok(endedAt - cutAt < allowedMs(15_000));
  await orders.settle();
  const { entries } = await s.emulator.journal({ ca: orders.arn });
  // A second for the looks that had just read their request.
  const late = entries.filter((entry) => entry.operation === 'IssueCertificate' && isBy(leader, entry) && Date.parse(entry.time) > cutAt + allowedMs(1_000));
  assert.deepEqual(late, []);
  pair = { leader: standby, standby: await startReplica(s.world) };
});

scenario('a leader that is suspended for a minute and goes on asks AWS nothing, writes nothing and ends', world, async (s) => {
  const { leader, standby } = await pairOf(s);
  const orders = await ordersOf(s);
  await underWay(s, orders, leader, 10);
  const stoppedAt = performance.now();
  leader.send('SIGSTOP');
  await orders.issued(await orders.place(1), 30_000);
  while (performance.now() - stoppedAt < 60_000) await orders.issued(await orders.place(1));
  await orders.settle();
  const versions = async (): Promise<readonly (string | undefined)[]> =>
    (await s.api.list({ apiVersion: 'cert-manager.io/v1', kind: 'CertificateRequest', namespace: s.namespace })).map(({ metadata }) => metadata.resourceVersion);
  const before = await versions();
  const since = (await s.emulator.journal()).entries.at(-1)?.seq ?? 0;
  leader.send('SIGCONT');
  assert.match(await leader.ended, /exit code 1[^]*the lease was lost/);
  assert.deepEqual(await versions(), before);
  await orders.issued(await orders.place(1));
  const { entries } = await s.emulator.journal({ since });
  assert.deepEqual(entries.filter((entry) => isBy(leader, entry)), []);
  assert.ok(entries.some((entry) => entry.operation === 'IssueCertificate' && isBy(standby, entry)));
  await orders.settle();
});
