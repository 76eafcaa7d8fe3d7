// `emulator journal`: what was called, a line a call.
import { parseArgs, styleText } from 'node:util';
import type { JournalEntry } from '../admin-client.ts';
import { given } from '../given.ts';
import { chosenServer, print, urlOption } from './server-choice.ts';

const options = { ...urlOption, follow: { type: 'boolean' }, ca: { type: 'string' }, json: { type: 'boolean' } } as const;

type Paint = (style: 'bold' | 'dim' | 'green' | 'red' | 'yellow', text: string) => string;

// styleText itself leaves the text alone where the output is no terminal, or NO_COLOR is set.
const colours: Paint = (style, text) => styleText(style, text, { stream: process.stdout });

export async function journal(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options });
  const server = chosenServer(values.url);
  const filter = given({ ca: values.ca });
  const show = (entry: JournalEntry): void => print(values.json ? JSON.stringify(entry) : journalLine(entry, colours));
  let { entries, lastSeq: since, counters } = await server.journal(filter);
  if (!values.json) print(colours('dim', journalHeads));
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

const [operationWidth, outcomeWidth] = [28, 26];

/** The heads of the columns that journalLine fills. */
export const journalHeads = `  SEQ TIME         ${'OPERATION'.padEnd(operationWidth)} ${'OUTCOME'.padEnd(outcomeWidth)}     TOOK  WHAT`;

/** One call in one line: number, time, operation, what became of it, and what explains it. */
export function journalLine(entry: JournalEntry, paint: Paint = (_style, text) => text): string {
  const remarks = [
    entry.fault === undefined ? '' : paint('yellow', `fault ${entry.fault}`),
    whatCertificate(entry, paint),
    entry.violation === undefined ? '' : paint('red', `VIOLATION ${entry.violation}`),
    entry.template === undefined ? '' : entry.template.replace(/^.*template\//, ''),
    shortened(entry.message ?? ''),
  ];
  const columns = [
    String(entry.seq).padStart(5),
    paint('dim', entry.time.slice(11, 23)),
    entry.operation.padEnd(operationWidth),
    paint(entry.outcome === 'ok' ? 'green' : 'red', entry.outcome.padEnd(outcomeWidth)),
    `${String(entry.durationMs).padStart(5)} ms `,
    remarks.filter((remark) => remark !== '').join(', '),
  ];
  return columns.join(' ').trimEnd();
}

function whatCertificate({ issued, replayed, certificateArn = '' }: JournalEntry, paint: Paint): string {
  const serial = certificateArn.slice(certificateArn.lastIndexOf('/') + 1, certificateArn.lastIndexOf('/') + 9);
  if (issued) return `${paint('bold', 'issued')} ${serial}`;
  if (replayed) return `token known: ${serial}`;
  return serial === '' ? '' : `certificate ${serial}`;
}

/** The ARNs in AWS's sentences are longer than a terminal's line; --json keeps them. */
function shortened(message: string): string {
  return message.replaceAll(/arn:[\w-]+:acm-pca:\S*:certificate-authority\/([0-9a-f]{8})[0-9a-f-]*(?:\/certificate\/([0-9a-f]{8})[0-9a-f]*)?/g, (_arn, ca: string, serial?: string) =>
    serial === undefined ? `CA ${ca}` : serial,
  );
}

export function countersLine(counters: { readonly calls: number; readonly certificatesIssued: number; readonly duplicateIssuesByCsr: number; readonly idempotentReplays: number; readonly violations: number; readonly callsPerSecondPeak: number }): string {
  const { calls, certificatesIssued, duplicateIssuesByCsr, idempotentReplays, violations, callsPerSecondPeak } = counters;
  return `${calls} calls (at most ${callsPerSecondPeak} a second), ${certificatesIssued} certificates, ${duplicateIssuesByCsr} of them duplicates, ${idempotentReplays} tokens seen again, ${violations} violations`;
}
