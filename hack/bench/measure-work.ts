// One work item by one controller: what came out, how fast, and what it cost.
import { setTimeout as delay } from 'node:timers/promises';
import type { JournalEntry } from '../pca-emulator/src/journal/journal-entry.ts';
import type { Arena } from './arena.ts';
import { userNames, type ControllerName } from './controllers.ts';
import type { Sighting } from './follow-requests.ts';
import { markAudit } from './kubernetes-writes.ts';
import type { Measurement } from './measurement.ts';
import { forgetPeak, readUsage } from './process-meter.ts';
import { approveRequests, createRequests, requestNames, type Place } from './requests.ts';
import { setStage } from './stage.ts';
import type { WorkItem } from './work-items.ts';

const settlingMs = 1_000;

/** @throws Error when the controller does not come up; requests that fail or stay pending are numbers, not errors. */
export async function measureWork(arena: Arena, item: WorkItem, who: ControllerName, signal: AbortSignal): Promise<Measurement> {
  const { api, emulator, directory } = arena;
  const stage = await setStage(arena, { controller: who, name: `${item.name}-${who}`, signal });
  const { controller: { pid }, follower, place, ca } = stage;
  try {
    const names = requestNames(item.requests);
    const { lastSeq } = await emulator.journal({ ca: 'none' });
    const audit = await markAudit(directory);
    await forgetPeak(pid);
    const before = await readUsage(pid);
    if (item.fault !== undefined) await emulator.fault({ ...item.fault, ca });
    if (item.perSecond === undefined) {
      await createRequests(api, names, place);
      await approveRequests(api, names, place);
    } else {
      await arriveSteadily(arena, names, place, item.perSecond, signal);
    }
    await follower.untilEnded(names, item.patienceSeconds * 1_000, signal);
    // What follows an end, such as its Event, belongs to the run.
    await delay(settlingMs, undefined, { signal });
    const after = await readUsage(pid);
    const writes = await audit.writesOf(userNames[who]);
    await emulator.clearFaults({ ca });
    const journal = await emulator.journal({ ca, since: lastSeq });
    return {
      item: item.name,
      controller: who,
      requests: item.requests,
      ...outcomeOf(names.map((name) => follower.seen.get(name) ?? {})),
      duplicates: journal.counters.duplicateIssuesByCsr,
      ...callsOf(journal.entries),
      writes,
      cpuSeconds: after.cpuSeconds - before.cpuSeconds,
      rssBytes: { before: before.rssBytes, after: after.rssBytes, peak: after.peakRssBytes },
      start: stage.start,
    };
  } finally {
    await stage.close();
  }
}

/** An open loop: each comes at its time, however long those before it take. */
async function arriveSteadily({ api }: Arena, names: readonly string[], place: Place, perSecond: number, signal: AbortSignal): Promise<void> {
  const startMs = performance.now();
  const arrivals = names.map(async (name, index) => {
    await delay(Math.max(0, startMs + (index * 1_000) / perSecond - performance.now()), undefined, { signal });
    await createRequests(api, [name], place);
    await approveRequests(api, [name], place);
  });
  await Promise.all(arrivals);
}

type Outcome = Pick<Measurement, 'issued' | 'failed' | 'pending' | 'complaint' | 'makespanSeconds' | 'latencySeconds'>;

/** What became of the requests, by what the watch showed. */
export function outcomeOf(sightings: readonly Sighting[]): Outcome {
  const issued = sightings.filter(({ reason }) => reason === 'Issued');
  const failed = sightings.filter(({ reason }) => reason === 'Failed' || reason === 'Denied');
  const from = Math.min(...sightings.map(({ approvedAtMs = Infinity }) => approvedAtMs));
  const to = Math.max(...sightings.map(({ endedAtMs = -Infinity }) => endedAtMs));
  const latencySeconds = issued.map(({ approvedAtMs = NaN, endedAtMs = NaN }) => (endedAtMs - approvedAtMs) / 1_000).toSorted((one, two) => one - two);
  const pending = sightings.length - issued.length - failed.length;
  return { issued: issued.length, failed: failed.length, pending, complaint: failed[0]?.message, makespanSeconds: Math.max(0, (to - from) / 1_000), latencySeconds };
}

/** @returns calls by operation, and how many of them the quota refused (a fault that throttles is none of the quota's). */
export function callsOf(entries: readonly JournalEntry[]): Pick<Measurement, 'awsCalls' | 'throttled'> {
  const awsCalls: Record<string, number> = {};
  for (const { operation } of entries) awsCalls[operation] = (awsCalls[operation] ?? 0) + 1;
  return { awsCalls, throttled: entries.filter(({ outcome, fault }) => outcome === 'ThrottlingException' && fault === undefined).length };
}
