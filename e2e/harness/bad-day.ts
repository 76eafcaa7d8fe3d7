// A bad day of the API server: what is ordered from the proxy, and what must hold when the day is over.
import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive } from '../../hack/control-plane/build/process-identity.ts';
import { findProcess } from '../../hack/control-plane/cluster/host-process.ts';
import { repeat } from '../../hack/control-plane/repeat.ts';
import { connectProxy, type ProxyClient } from '../../hack/api-proxy/client.ts';
import { encodedCsr } from './csr.ts';
import { certManager, judge, ours, readyOf, scenario, type IssuerRef, type Scenario } from './scenario.ts';
import { assertRequestLeaf } from './verdict.ts';

export const requests = 'certificaterequests';
const kinds = [requests, 'awspcaissuers', 'awspcaclusterissuers'] as const;

export interface BadDay extends Scenario {
  readonly proxy: ProxyClient;
  readonly ca: string;
  /** The proxy's number of the last change before the day began. */
  readonly since: number;
  order(name: string, subject?: string): Promise<void>;
  approve(name: string): Promise<void>;
  /** Orders and approves all of them at once. */
  orderApproved(...names: readonly string[]): Promise<void>;
  /** Deletes the request; another one with another key takes its name. */
  replace(name: string, subject: string): Promise<void>;
  /** Waits until they are Issued, while the clocks run fast, and lets hack/check judge each. @returns the subjects. */
  issued(...names: readonly string[]): Promise<readonly string[]>;
  /** Nobody wants to wait for a back-off: while `work` goes on, the clocks run up to twelve times as fast. */
  hurry<T>(work: Promise<T>): Promise<T>;
  /** Moves the clocks of the controller and of AWS. */
  pass(seconds: number): Promise<void>;
  where(name: string): { readonly apiVersion: string; readonly kind: string; readonly namespace: string; readonly name: string };
}

export interface Aftermath {
  /** How many certificates AWS has issued by then. */
  readonly certificates: number;
  /** How often a collection may have been listed, at most; 0 where left out. */
  readonly lists?: number;
}

/**
 * Declares a scenario. When its story has been told, all troubles are lifted, and then: one more request is issued, one
 * watch of each kind is open, nothing was listed more often than `lists`, no CSR has two certificates, and the controller
 * is the same process, without an error in its log.
 */
export function badDay(name: string, { certificates, lists = 0 }: Aftermath, story: (day: BadDay) => Promise<void>): void {
  scenario(name, 'proxied', async (s) => {
    const { address } = s.world;
    const proxy = connectProxy(address.proxyUrl ?? '');
    const ca = await s.subordinate();
    const issuerRef = await s.clusterIssuer(ca);
    await s.api.waitFor({ apiVersion: ours, kind: 'AWSPCAClusterIssuer', name: s.namespace }, (object) => readyOf(object)?.status === 'True');
    await assertOneWatchEach(proxy);
    const controller = await findProcess(address.directory, 'pca-issuer');
    const logged = statSync(address.controllerLog).size;
    const { lastSeq: since } = await proxy.view();
    const day = makeDay(s, { proxy, ca, since, issuerRef });
    // The watches have lasted then, so that the first trouble is not taken for more of the day before.
    await day.pass(6);
    try {
      await story(day);
    } finally {
      await proxy.lift();
      await proxy.pageSize(0);
    }
    await day.orderApproved('afterwards');
    await day.issued('afterwards');
    await day.hurry(assertOneWatchEach(proxy));
    await assertFewLists(proxy, since, lists);
    const { counters } = await s.emulator.journal({ ca });
    assert.deepEqual([counters.certificatesIssued, counters.duplicateIssuesByCsr, counters.violations], [certificates + 1, 0, 0]);
    assert.ok(isAlive(controller), 'the controller is another process now, or gone');
    assertCleanLog(readFileSync(address.controllerLog).subarray(logged).toString('utf8'));
  });
}

function makeDay(s: Scenario, facts: { readonly proxy: ProxyClient; readonly ca: string; readonly since: number; readonly issuerRef: IssuerRef }): BadDay {
  const day: BadDay = {
    ...s,
    ...facts,
    where: (name) => ({ apiVersion: certManager, kind: 'CertificateRequest', namespace: s.namespace, name }),
    async order(name, subject = name) {
      await s.request(name, { request: encodedCsr({ subject }), issuerRef: facts.issuerRef, duration: '24h', usages: ['server auth'] });
    },
    approve: (name) => judge(s, name, 'Approved'),
    async orderApproved(...names) {
      await Promise.all(names.map(async (name) => {
        await day.order(name);
        await day.approve(name);
      }));
    },
    async replace(name, subject) {
      await s.api.remove(day.where(name));
      await s.api.waitForGone(day.where(name));
      await day.order(name, subject);
    },
    async issued(...names) {
      const requests = await day.hurry(Promise.all(names.map((name) => s.requestWith(name, 'Issued'))));
      return Promise.all(requests.map(async (request) => (await assertRequestLeaf(request)).leaf.subject));
    },
    async hurry(work) {
      // No faster than everybody answers whom the controller may be waiting for: a slow machine is no call that is never answered.
      const ticking = repeat(async () => void (await Promise.all([day.pass(2), facts.proxy.view(Infinity), s.api.request({ path: '/version' }).catch(() => {}), delay(160)])));
      try {
        return await work;
      } finally {
        await ticking.stop();
      }
    },
    async pass(seconds) {
      await fetch(`${s.world.address.clockUrl}/advance?ms=${seconds * 1_000}`, { method: 'POST' });
      await s.emulator.clock({ advanceMs: seconds * 1_000 });
    },
  };
  return day;
}

async function assertOneWatchEach(proxy: ProxyClient): Promise<void> {
  await proxy.until(({ watches }) => kinds.every((kind) => watches[kind] === 1), { what: 'one open watch of each kind' });
}

async function assertFewLists(proxy: ProxyClient, since: number, most: number): Promise<void> {
  const { entries } = await proxy.view(since);
  for (const kind of kinds) {
    const lists = entries.filter(({ verb, resource }) => verb === 'list' && resource === kind).length;
    assert.ok(lists <= most, `${kind} were listed ${lists} times, not ${most} at most`);
  }
}

function assertCleanLog(text: string): void {
  // What comes after the last end of a line is still being written.
  const lines = text.split('\n').slice(0, -1);
  const faults = lines.filter((line) => !line.startsWith('{') || (JSON.parse(line) as { level: string }).level === 'error');
  assert.deepEqual(faults, []);
  assert.doesNotMatch(text, /(fault|bug) of pca-issuer|unhandledRejection/);
}
