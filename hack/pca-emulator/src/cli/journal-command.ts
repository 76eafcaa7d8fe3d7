// `emulator journal`: what was called, a line a call.
import { parseArgs } from 'node:util';
import type { JournalEntry } from '../admin-client.ts';
import { given } from '../given.ts';
import { chosenServer, print, urlOption } from './server-choice.ts';

const options = { ...urlOption, follow: { type: 'boolean' }, ca: { type: 'string' }, json: { type: 'boolean' } } as const;

export async function journal(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options });
  const server = chosenServer(values.url);
  const filter = given({ ca: values.ca });
  const show = (entry: JournalEntry): void => print(values.json ? JSON.stringify(entry) : journalLine(entry));
  let { entries, lastSeq: since, counters } = await server.journal(filter);
  entries.forEach(show);
  if (!values.follow) {
    if (!values.json) print(countersLine(counters));
    return;
  }
  for (;;) {
    ({ entries } = await server.journal({ ...filter, since, waitMs: 30_000 }));
    entries.forEach(show);
    since = entries.at(-1)?.seq ?? since;
  }
}

/** One call in one line: number, time, operation, what became of it, and what explains it. */
export function journalLine(entry: JournalEntry): string {
  const remarks = [
    entry.issued ? 'issued' : '',
    entry.replayed ? 'token known' : '',
    entry.fault === undefined ? '' : `fault ${entry.fault}`,
    entry.template === undefined ? '' : entry.template.replace(/^.*template\//, ''),
    entry.violation === undefined ? '' : `VIOLATION ${entry.violation}`,
    entry.message ?? '',
  ];
  const told = remarks.filter((remark) => remark !== '').join(', ');
  const time = entry.time.slice(11, 23);
  return `${String(entry.seq).padStart(5)} ${time} ${entry.operation.padEnd(34)} ${entry.outcome.padEnd(28)} ${String(entry.durationMs).padStart(5)} ms  ${told}`.trimEnd();
}

export function countersLine(counters: { readonly calls: number; readonly certificatesIssued: number; readonly duplicateIssuesByCsr: number; readonly idempotentReplays: number; readonly violations: number; readonly callsPerSecondPeak: number }): string {
  const { calls, certificatesIssued, duplicateIssuesByCsr, idempotentReplays, violations, callsPerSecondPeak } = counters;
  return `${calls} calls (at most ${callsPerSecondPeak} a second), ${certificatesIssued} certificates, ${duplicateIssuesByCsr} of them duplicates, ${idempotentReplays} tokens seen again, ${violations} violations`;
}
