// One row of the matrix: a fault strikes, the requests are followed to their end, and the journal says what it cost.
import { setTimeout as delay } from 'node:timers/promises';
import type { FaultOrder } from '../../hack/pca-emulator/src/faults/fault-kinds.ts';
import type { JournalEntry } from '../../hack/pca-emulator/src/journal/journal-entry.ts';
import { account, region } from '../../hack/world/trust.ts';
import type { ScenarioWorld } from '../harness/worlds.ts';
import { lastingMs, spoilsCertificate, type Operation, type Row } from './fault-rows.ts';
import { untilApproved, untilTerminal } from './follow-requests.ts';
import { judgeRequests, type Judgement } from './judge-requests.ts';
import { sharedOrders } from './request-orders.ts';
import { setStage, type Stage } from './stage.ts';

export interface RowResult extends Judgement {
  readonly row: Row;
  /** Calls that the fault struck. */
  readonly strikes: number;
  /** Certificates that AWS made beyond the first for a CSR and beyond `boughtAgain`. */
  readonly duplicates: number;
  /** Certificates that AWS made and that could not be used: one more was bought for each, on purpose. */
  readonly boughtAgain: number;
  /** From the end of the fault to the last request's end; undefined while one is pending. */
  readonly secondsToHeal: number | undefined;
}

/** Twice what a row may take, so that a slow one shows its number. */
const patienceMs = 120_000;
const slowMs = 2_000;
let regions = 0;

/**
 * The row plays in a region of its own: the controller keeps credentials and clock by region, so that rows which run at
 * the same time do not meet. Only faults of STS meet every row; those rows run alone.
 */
export async function runRow(world: ScenarioWorld, row: Row): Promise<RowResult> {
  const { emulator, api } = world;
  const isOfCredentials = row.operation === 'AssumeRoleWithWebIdentity';
  const stage = await setStage(world, `eu-matrix-${process.pid * 1_000 + regions++}`);
  const orders = sharedOrders(row.requests);
  const { lastSeq } = await emulator.journal({ ca: 'none' });
  const losesCredentials = isOfCredentials && row.size === 'thirty';
  if (losesCredentials) {
    await stage.createIssuers(1);
    await stage.issuerIsReady();
    // The session ends while the requests are under way: each of them asks for credentials.
    await emulator.fault({ operation: 'IssueCertificate', kind: 'expired-token', ca: stage.ca });
  }
  const { id } = await emulator.fault({ ...(await faultOf(world, row, stage)), ...(isOfCredentials ? {} : { ca: stage.ca }) });
  await stage.order(orders, row.issuers);
  if (!losesCredentials) {
    await untilApproved(api, stage.namespace, orders.length);
    await stage.createIssuers(row.issuers);
  }
  const clearedAtMs = row.size === 'lasting' ? await lasting() : undefined;
  const seen = await untilTerminal(api, stage.namespace, orders.length, patienceMs);
  await emulator.clearFaults({ id });
  const judged = await judgeRequests(orders, seen, stage.chain, 1);
  const journal = await emulator.journal({ ca: stage.ca });
  const struck = (await emulator.journal({ since: lastSeq, ...(isOfCredentials ? {} : { ca: stage.ca }) })).entries.filter(isStrike);
  const endMs = Math.max(clearedAtMs ?? 0, ...struck.map((entry) => Date.parse(entry.time) + entry.durationMs + (row.kind === 'slow' ? slowMs : 0)));
  const lastMs = Math.max(0, ...[...seen.values()].map(({ atMs }) => atMs));
  const boughtAgain = spoilsCertificate(row) ? struck.length : 0;
  await stage.remove();
  return {
    row,
    ...judged,
    strikes: struck.length,
    duplicates: journal.counters.duplicateIssuesByCsr - boughtAgain,
    boughtAgain,
    secondsToHeal: seen.size < orders.length ? undefined : Math.max(0, lastMs - endMs) / 1_000,
  };

  /** From the first strike on every call is struck for a while. */
  async function lasting(): Promise<number> {
    await emulator.waitForJournal(isStrike, { since: lastSeq, timeoutMs: 60_000, ...(isOfCredentials ? {} : { ca: stage.ca }) });
    // The outage itself takes this long; nothing is waited for.
    await delay(lastingMs);
    await emulator.clearFaults({ id });
    return Date.now();
  }

  function isStrike(entry: JournalEntry): boolean {
    return entry.operation === row.operation && entry.fault === row.kind;
  }
}

async function faultOf({ emulator }: ScenarioWorld, { kind, operation, times }: Row, { ca, namespace }: Stage): Promise<FaultOrder> {
  const order = { kind, operation, times };
  if (kind === 'slow') return { ...order, delayMs: slowMs };
  if (kind !== 'plant') return order;
  // Another CA's certificate, an ARN of no certificate, a CA without properties, or a page of somebody else.
  const { authorities } = await emulator.createHierarchy({ name: `${namespace}-foreign`, account, region, tiers: [{ name: 'foreign', keyAlgorithm: 'EC_prime256v1' }] });
  const foreign = authorities[0]?.certificate;
  const bodies: Readonly<Record<Operation, unknown>> = {
    IssueCertificate: { CertificateArn: `${ca}/certificate/${'0bad'.repeat(8)}` },
    GetCertificate: { Certificate: foreign, CertificateChain: foreign },
    DescribeCertificateAuthority: { CertificateAuthority: {} },
    GetCertificateAuthorityCertificate: { Certificate: foreign },
    AssumeRoleWithWebIdentity: '<html>Welcome to the guest network</html>',
  };
  return { ...order, body: bodies[operation] };
}
