// Many at once, under AWS's quotas and round trips; and who waits for what when some calls fail.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiObject } from '../../hack/control-plane/api/objects.ts';
import type { FaultOrder } from '../../hack/pca-emulator/src/faults/fault-kinds.ts';
import { untilTerminal } from '../matrix/follow-requests.ts';
import { judgeRequests } from '../matrix/judge-requests.ts';
import { sharedOrders } from '../matrix/request-orders.ts';
import { setStage, type Stage } from '../matrix/stage.ts';
import { certManager, readyOf } from '../harness/scenario.ts';
import { worldOf, type ScenarioWorld } from '../harness/worlds.ts';

/** A stage in a region of its own, so that quotas and parking do not meet those of other scenarios. */
async function stageOf(world: ScenarioWorld): Promise<Stage> {
  const stage = await setStage(world, `eu-crowd-${regions++}`);
  await stage.createIssuers(1);
  await stage.issuerIsReady();
  return stage;
}
let regions = 1;

const slow = { roundTripMs: { '*': 150 }, signingMs: 1_500, quotaScale: 1 };

function crowd(name: string, run: (world: ScenarioWorld) => Promise<void>): void {
  void test(name, { timeout: 600_000 }, async () => {
    const world = await worldOf('crowded');
    await world.emulator.settings(slow);
    await run(world);
  });
}

/** Waits for all of them. @returns how long the last one took. */
async function allIssued({ api }: ScenarioWorld, stage: Stage, count: number, timeoutMs: number): Promise<number> {
  const startMs = Date.now();
  const orders = sharedOrders(count);
  const seen = await untilTerminal(api, stage.namespace, count, timeoutMs);
  const { issued, wrong } = await judgeRequests(orders, seen, stage.chain, 1);
  assert.deepEqual([issued, wrong], [count, []]);
  return Date.now() - startMs;
}

async function callsTo({ emulator }: ScenarioWorld, { ca }: Stage, operation: string): Promise<number> {
  return (await emulator.journal({ ca })).entries.filter((entry) => entry.operation === operation).length;
}

async function eachOnce({ emulator }: ScenarioWorld, { ca }: Stage, count: number): Promise<void> {
  const { counters } = await emulator.journal({ ca });
  assert.deepEqual([counters.certificatesIssued, counters.duplicateIssuesByCsr, counters.violations], [count, 0, 0]);
}

function pendingWith({ api }: ScenarioWorld, { namespace }: Stage, pattern: RegExp): Promise<ApiObject> {
  return api.waitFor({ apiVersion: certManager, kind: 'CertificateRequest', namespace }, (object) => pattern.test(readyOf(object)?.message ?? ''), { what: `a request to say ${String(pattern)}` });
}

/** Strikes every call until it is cured. @returns what cures it. */
async function strike({ emulator }: ScenarioWorld, { ca }: Stage, order: Omit<FaultOrder, 'ca'>): Promise<() => Promise<void>> {
  const { id } = await emulator.fault({ times: 'until-cleared', ...order, ca });
  return () => emulator.clearFaults({ id });
}

crowd('100 requests at once stay under AWS\'s quota, and cost one order and hardly more than one look each', async (world) => {
  const stage = await stageOf(world);
  await stage.order(sharedOrders(100));
  const tookMs = await allIssued(world, stage, 100, 120_000);
  const { entries } = await world.emulator.journal({ ca: stage.ca });
  const throttled = entries.filter((entry) => entry.operation === 'IssueCertificate' && entry.outcome === 'ThrottlingException').length;
  const looks = await callsTo(world, stage, 'GetCertificate');
  console.log(`100 at once: ${(tookMs / 1_000).toFixed(1)} s after the last was created, ${throttled} throttled, ${looks} calls of GetCertificate`);
  assert.ok(throttled <= 5, `${throttled} calls were throttled`);
  assert.ok(looks <= 200, `${looks} calls of GetCertificate`);
  await eachOnce(world, stage, 100);
});

crowd('a CA that does not answer holds up its own requests only, and each of them costs one certificate in the end', async (world) => {
  const [hung, well] = [await stageOf(world), await stageOf(world)];
  const cure = await strike(world, hung, { operation: 'IssueCertificate', kind: 'hang' });
  await hung.order(sharedOrders(60));
  await pendingWith(world, hung, /TimeoutError.*requests that need the same wait together/s);
  await well.order(sharedOrders(30));
  const tookMs = await allIssued(world, well, 30, 60_000);
  console.log(`beside 60 that hang, 30 others took ${(tookMs / 1_000).toFixed(1)} s`);
  const asked = await callsTo(world, hung, 'IssueCertificate');
  assert.ok(asked < 60, `${asked} calls to the CA that hangs: they should wait for each other`);
  await cure();
  console.log(`after the cure, those that hung took ${((await allIssued(world, hung, 60, 90_000)) / 1_000).toFixed(1)} s`);
  await eachOnce(world, hung, 60);
});

crowd('denied access parks what is denied; one request tries for all, and everybody goes on within seconds of the cure', async (world) => {
  const [denied, well] = [await stageOf(world), await stageOf(world)];
  const cure = await strike(world, denied, { operation: 'IssueCertificate', kind: 'access-denied' });
  await denied.order(sharedOrders(30));
  await well.order(sharedOrders(30));
  await allIssued(world, well, 30, 60_000);
  await pendingWith(world, denied, /AccessDeniedException.*This has been so since \d{4}-/s);
  const before = await callsTo(world, denied, 'IssueCertificate');
  await cure();
  const tookMs = await allIssued(world, denied, 30, 60_000);
  const tries = await callsTo(world, denied, 'IssueCertificate');
  console.log(`denied: ${before} calls before the cure, all issued ${(tookMs / 1_000).toFixed(1)} s after it with ${tries - before} more`);
  assert.ok(tries - before < 45, `${tries - before} calls for 30 certificates`);
  await eachOnce(world, denied, 30);
});

crowd('requests of a CA that is disabled meanwhile wait for it by name, and go on when it is enabled', async (world) => {
  const stage = await stageOf(world);
  await world.emulator.setStatus(stage.ca, 'DISABLED');
  await stage.order(sharedOrders(10));
  await pendingWith(world, stage, /issuer is not ready.*DISABLED/s);
  await world.emulator.setStatus(stage.ca, 'ACTIVE');
  const tookMs = await allIssued(world, stage, 10, 60_000);
  console.log(`after the CA was enabled, 10 requests took ${(tookMs / 1_000).toFixed(1)} s`);
  await eachOnce(world, stage, 10);
});
