// The journal's counters, kept up call by call.
import type { JournalCounters, JournalEntry } from './journal-entry.ts';

class Peak {
  #recent: number[] = [];
  highest = 0;

  /** Counts a call at this time (milliseconds, never going back) and remembers the fullest second. */
  add(atMs: number): void {
    this.#recent = this.#recent.filter((earlier) => earlier > atMs - 1000);
    this.#recent.push(atMs);
    this.highest = Math.max(this.highest, this.#recent.length);
  }
}

export class Tally {
  #calls = 0;
  #issued = 0;
  #replays = 0;
  #violations = 0;
  #duplicates = 0;
  readonly #peak = new Peak();
  readonly #issuesByCsr = new Map<string, number>();
  readonly #operations = new Map<string, { calls: number; refused: number; peak: Peak }>();

  /** Counts the call itself, as it arrives. */
  countCall(operation: string, atMs: number): void {
    this.#calls += 1;
    this.#peak.add(atMs);
    const count = this.#operations.get(operation) ?? { calls: 0, refused: 0, peak: new Peak() };
    count.calls += 1;
    count.peak.add(atMs);
    this.#operations.set(operation, count);
  }

  /** Counts what became of it. */
  countOutcome(entry: JournalEntry): void {
    const count = this.#operations.get(entry.operation);
    if (count !== undefined && entry.outcome !== 'ok') count.refused += 1;
    if (entry.replayed) this.#replays += 1;
    if (entry.violation !== undefined) this.#violations += 1;
    if (!entry.issued) return;
    this.#issued += 1;
    const earlier = this.#issuesByCsr.get(entry.csrSha256 ?? '') ?? 0;
    if (earlier > 0) this.#duplicates += 1;
    this.#issuesByCsr.set(entry.csrSha256 ?? '', earlier + 1);
  }

  counters(): JournalCounters {
    const operations = [...this.#operations].map(([name, { calls, refused, peak }]) => [name, { calls, refused, callsPerSecondPeak: peak.highest }] as const);
    return {
      calls: this.#calls,
      certificatesIssued: this.#issued,
      duplicateIssuesByCsr: this.#duplicates,
      idempotentReplays: this.#replays,
      violations: this.#violations,
      callsPerSecondPeak: this.#peak.highest,
      operations: Object.fromEntries(operations),
    };
  }
}
