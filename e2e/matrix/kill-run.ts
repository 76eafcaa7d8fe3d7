// kill -9 at random moments while requests come: does every one of them end Issued, once, with the right bytes?
import { setTimeout as delay } from 'node:timers/promises';
import type { JournalEntry } from '../../hack/pca-emulator/src/journal/journal-entry.ts';
import type { ScenarioWorld } from '../harness/worlds.ts';
import { untilTerminal } from './follow-requests.ts';
import { judgeRequests, type Judgement } from './judge-requests.ts';
import { makeOrder, type RequestOrder } from './request-orders.ts';
import { seededChance } from './seeded-chance.ts';
import { setStage } from './stage.ts';

export interface KillOptions {
  readonly seed: number;
  readonly kills: number;
  /** Kills the controller that works and starts one in its place. */
  readonly killOne: () => Promise<void>;
  /** Awaited before the next requests are ordered. */
  readonly untilReady: () => Promise<void>;
}

export interface KillResult extends Judgement {
  readonly kills: number;
  readonly requests: number;
  /** Certificates that AWS made beyond one a request. */
  readonly duplicates: number;
  readonly replays: number;
  readonly violations: number;
  readonly faults: Readonly<Record<string, number>>;
  /** From the last start to the last request's end. */
  readonly secondsToHeal: number;
}

const requestsAKill = 3;
const latestKillMs = 1_500;
const healMs = 120_000;
let runs = 0;

/** Orders 3 requests, kills 0 to 1500 ms later, starts again; the emulator loses and delays answers meanwhile. */
export async function runKills(world: ScenarioWorld, { seed, kills, killOne, untilReady }: KillOptions): Promise<KillResult> {
  const { api, emulator } = world;
  const chance = seededChance(seed);
  const stage = await setStage(world, `eu-kills-${process.pid * 10 + runs++}`);
  await stage.createIssuers(1);
  await stage.issuerIsReady();
  const orders: RequestOrder[] = [];
  const faults: Record<string, number> = {};
  for (let kill = 1; kill <= kills; kill += 1) {
    const batch = Array.from({ length: requestsAKill }, (_, index) => makeOrder(orders.length + index));
    orders.push(...batch);
    const fault = trouble(chance());
    if (fault !== undefined) {
      await emulator.fault({ ...fault, ca: stage.ca });
      const name = `${fault.kind} at ${fault.operation}`;
      faults[name] = (faults[name] ?? 0) + 1;
    }
    await stage.order(batch);
    await delay(chance() * latestKillMs);
    await killOne();
    await untilReady();
    if (kill % 20 === 0) console.log(`${kill}/${kills} kills, ${orders.length} requests ordered`);
  }
  const startedMs = Date.now();
  const seen = await untilTerminal(api, stage.namespace, orders.length, healMs);
  await emulator.clearFaults({ ca: stage.ca });
  const { counters, entries } = await emulator.journal({ ca: stage.ca });
  for (const line of twiceIssued(entries)) console.log(line);
  const judged = await judgeRequests(orders, seen, stage.chain, 6);
  await stage.remove();
  return {
    kills,
    requests: orders.length,
    ...judged,
    duplicates: counters.certificatesIssued - orders.length,
    replays: counters.idempotentReplays,
    violations: counters.violations,
    faults,
    secondsToHeal: Math.max(0, ...[...seen.values()].map(({ atMs }) => atMs - startedMs)) / 1_000,
  };
}

/** The journal's lines of CSRs that cost more than one certificate: what differed tells why. */
function twiceIssued(entries: readonly JournalEntry[]): readonly string[] {
  const byCsr = Map.groupBy(entries.filter(({ issued }) => issued), ({ csrSha256 }) => csrSha256);
  return [...byCsr.values()].filter(({ length }) => length > 1).map((lines) => `issued twice: ${JSON.stringify(lines.map(({ time, token, parameters, fault }) => ({ time, token, parameters, fault })))}`);
}

/** Half of the time nothing, else one of those after which it matters what the controller knew. */
function trouble(chance: number): { readonly operation: string; readonly kind: 'lost' | 'slow' | 'in-progress'; readonly times: number; readonly delayMs?: number } | undefined {
  if (chance < 0.2) return { operation: 'IssueCertificate', kind: 'lost', times: 1 };
  if (chance < 0.35) return { operation: 'IssueCertificate', kind: 'slow', times: 2, delayMs: 1_000 };
  if (chance < 0.5) return { operation: 'GetCertificate', kind: 'in-progress', times: 3 };
  return undefined;
}
