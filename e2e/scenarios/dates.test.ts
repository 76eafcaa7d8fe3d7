// Dates and "once" while minutes are lost and clocks disagree: request, approver, controller and AWS have a clock each.
import assert from 'node:assert/strict';
import { timestamp } from '../../hack/control-plane/api/objects.ts';
import { countedFor, killController, passInSteps, passTime, passUntilIssued, startController } from '../harness/clocks.ts';
import { encodedCsr } from '../harness/csr.ts';
import { certManager, readyOf, scenario, type Scenario } from '../harness/scenario.ts';
import { assertRequestAuthority, assertRequestLeaf } from '../harness/verdict.ts';

const minute = 60_000;
const hour = 60 * minute;

interface Orders {
  readonly ca: string;
  readonly uids: readonly string[];
  /** Epoch milliseconds from which the dates count, if nothing is lost. */
  readonly approvedMs: number;
}

interface OrderOptions {
  readonly controllerAheadMs?: number;
  readonly approverAheadMs?: number;
  readonly awsAheadMs?: number;
  readonly windowMs?: number;
  /** Runs when the issuer is Ready and nothing is approved yet. */
  readonly before?: (ca: string) => Promise<void>;
}

const both = ['leaf', 'authority'];

/** Sets the clocks, then orders a leaf for an hour and a CA for 90 days, and approves both. */
async function orderBoth(s: Scenario, options: OrderOptions = {}): Promise<Orders> {
  const { controllerAheadMs = 0, approverAheadMs = 0, awsAheadMs = 0, windowMs = 5 * minute, before } = options;
  await s.emulator.settings({ idempotencyWindowMs: windowMs });
  await s.emulator.clock({ offsetMs: 0 });
  const ca = await s.subordinate();
  await s.emulator.clock({ offsetMs: awsAheadMs });
  await startController(s, controllerAheadMs);
  // So long an offset keeps certificates valid on this machine's clock, by which hack/check judges.
  const issuerRef = await s.clusterIssuer(ca, { notBeforeOffset: '3h' });
  await s.api.waitFor({ apiVersion: 'awspca.cert-manager.io/v1beta1', kind: 'AWSPCAClusterIssuer', name: s.namespace }, (object) => readyOf(object)?.status === 'True');
  const made = [
    await s.request('leaf', { request: encodedCsr(), issuerRef, duration: '1h', usages: ['server auth'] }),
    await s.request('authority', { request: encodedCsr(), issuerRef, duration: '2160h', isCA: true, usages: ['digital signature', 'cert sign', 'crl sign'] }),
  ];
  await before?.(ca);
  const approvedMs = Math.floor((Date.now() + approverAheadMs) / 1_000) * 1_000;
  const condition = { type: 'Approved', status: 'True', reason: 'e2e', message: 'the test says so', lastTransitionTime: timestamp(new Date(approvedMs)) };
  for (const name of both) {
    await s.api.patch({ apiVersion: certManager, kind: 'CertificateRequest', namespace: s.namespace, name }, { status: { conditions: [condition] } }, 'status');
  }
  return { ca, uids: made.map(({ metadata }) => metadata.uid ?? ''), approvedMs };
}

/** Both are Issued and proven; each cost one certificate, but for those that were counted. @returns where each ends. */
async function settle(s: Scenario, { ca, uids }: Orders): Promise<{ readonly leafEndsMs: number; readonly authorityEndsMs: number }> {
  const leaf = await assertRequestLeaf(await s.requestWith('leaf', 'Issued'));
  const authority = await s.requestWith('authority', 'Issued');
  const verdict = await assertRequestAuthority(authority);
  const { counters } = await s.emulator.journal({ ca });
  const counted = await countedFor(s, uids);
  assert.ok(counters.certificatesIssued <= 2 + counted, `${counters.certificatesIssued} certificates for 2 requests, and ${counted} counted`);
  assert.equal(counters.violations, 0);
  return { leafEndsMs: Date.parse(leaf.leaf.notAfter), authorityEndsMs: Date.parse(verdict.leaf.notAfter) };
}

async function assertOnce(s: Scenario, { ca }: Orders): Promise<void> {
  assert.equal((await s.emulator.journal({ ca })).counters.certificatesIssued, 2);
}

/** Both end as asked, counted from the approval. */
async function assertFromApproval(s: Scenario, orders: Orders): Promise<void> {
  const { leafEndsMs, authorityEndsMs } = await settle(s, orders);
  assert.equal(new Date(leafEndsMs).toISOString(), new Date(orders.approvedMs + hour).toISOString());
  assert.equal(new Date(authorityEndsMs).toISOString(), new Date(orders.approvedMs + 2_160 * hour).toISOString());
  await assertOnce(s, orders);
}

for (const { windowMs, steps, stepMs } of [{ windowMs: 5 * minute, steps: 6, stepMs: 30_000 }, { windowMs: minute, steps: 3, stepMs: 5_000 }]) {
  scenario(`replies of IssueCertificate that are lost for ${(steps * stepMs) / 1_000} s cost nothing where AWS remembers tokens for ${windowMs / minute} min`, 'dates', async (s) => {
    const orders = await orderBoth(s, { windowMs, before: (ca) => s.fault(ca, { operation: 'IssueCertificate', kind: 'lost', times: -1 }) });
    await s.emulator.waitForJournal(({ operation }) => operation === 'IssueCertificate', { ca: orders.ca });
    await passInSteps(s, orders.ca, steps, stepMs);
    await s.heal();
    await passUntilIssued(s, orders.ca, both, 5_000, 12);
    await assertFromApproval(s, orders);
  });
}

const disagreements: readonly (readonly [what: string, options: OrderOptions, minutes: number])[] = [
  ['a controller that is 4 minutes ahead', { controllerAheadMs: 4 * minute }, 0],
  ['a controller that is 10 minutes ahead', { controllerAheadMs: 10 * minute }, 0],
  ['a controller that is 4 minutes behind', { controllerAheadMs: -4 * minute }, 4],
  ['a controller that is 10 minutes behind', { controllerAheadMs: -10 * minute }, 10],
  ['an approver that is 2 minutes ahead', { approverAheadMs: 2 * minute }, 2],
  ['an approver that is 20 minutes ahead', { approverAheadMs: 20 * minute }, 20],
  ['AWS 4 minutes ahead', { awsAheadMs: 4 * minute }, 0],
  ['AWS 4 minutes behind', { awsAheadMs: -4 * minute }, 0],
];

for (const [what, options, minutes] of disagreements) {
  scenario(`${what}: one certificate each, with the dates of the approval`, 'dates', async (s) => {
    const orders = await orderBoth(s, options);
    if (minutes > 5) {
      const waiting = await s.requestWith('leaf', 'Pending');
      assert.match(readyOf(waiting)?.message ?? '', /is in the future by this controller's clock/);
      assert.equal(await s.issuedBy(orders.ca), 0);
    }
    if (minutes > 0) await passInSteps(s, orders.ca, minutes, minute);
    await passUntilIssued(s, orders.ca, both, 3_000, 40);
    await assertFromApproval(s, orders);
  });
}

scenario('an approval an hour late: the dates count from the approval', 'dates', async (s) => {
  const orders = await orderBoth(s, { approverAheadMs: hour, before: () => passTime(s, hour) });
  await passUntilIssued(s, orders.ca, both, 3_000, 40);
  await assertFromApproval(s, orders);
});

const outages = [
  { what: 'AWS refuses', operation: 'IssueCertificate', kind: 'throttle', isExact: true },
  { what: 'AWS hangs', operation: '*', kind: 'hang', isExact: true },
  { what: 'every reply of AWS is lost', operation: '*', kind: 'lost', isExact: false },
] as const;

for (const { what, operation, kind, isExact } of outages) {
  scenario(`${what} for 30 minutes: both are Issued within a minute of its end`, 'dates', async (s) => {
    const orders = await orderBoth(s, { before: (ca) => s.fault(ca, { operation, kind, times: -1 }) });
    await s.emulator.waitForJournal((entry) => entry.operation === 'IssueCertificate', { ca: orders.ca });
    await passInSteps(s, orders.ca, 30, minute);
    await s.heal();
    await passUntilIssued(s, orders.ca, both, 2_000, 30);
    const { leafEndsMs, authorityEndsMs } = await settle(s, orders);
    assert.equal(authorityEndsMs, orders.approvedMs + 2_160 * hour);
    const leftMs = leafEndsMs - Date.now() - 30 * minute;
    assert.ok(leftMs > 25 * minute && leftMs <= hour + minute, `the leaf lasts ${leftMs / minute} min more`);
    if (isExact) await assertOnce(s, orders);
  });
}

scenario('a controller that is down for 30 minutes: one certificate each, within a minute of its start', 'dates', async (s) => {
  const orders = await orderBoth(s, { before: (ca) => s.fault(ca, { operation: 'IssueCertificate', kind: 'throttle', times: -1 }) });
  await s.emulator.waitForJournal((entry) => entry.operation === 'IssueCertificate', { ca: orders.ca });
  await killController(s);
  await s.heal();
  await passTime(s, 30 * minute, ['aws']);
  await startController(s, 30 * minute);
  for (const name of both) await s.requestWith(name, 'Issued', minute);
  const { authorityEndsMs } = await settle(s, orders);
  assert.equal(authorityEndsMs, orders.approvedMs + 2_160 * hour);
  await assertOnce(s, orders);
});
