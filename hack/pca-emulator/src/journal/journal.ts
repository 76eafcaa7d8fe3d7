// What was called? Every call in order, with counters, and a way to wait for the next one.
import type { JournalCounters, JournalEntry } from './journal-entry.ts';
import { Tally } from './tally.ts';

/** An entry before it has its number. */
export type JournalDraft = Omit<JournalEntry, 'seq' | 'time' | 'issued' | 'replayed' | 'durationMs'> &
  Partial<Pick<JournalEntry, 'issued' | 'replayed'>> & { readonly arrivedAtMs: number };

/** The outcome of a call that waits to be let go; another one takes its place later. */
export const hanging = 'hanging';

const longestMemory = 200_000;

export class Journal {
  readonly #machineNow: () => number;
  #entries: JournalEntry[] = [];
  #lastSeq = 0;
  #all = new Tally();
  #byCa = new Map<string, Tally>();
  readonly #waiting = new Set<() => void>();

  constructor(machineNow: () => number) {
    this.#machineNow = machineNow;
  }

  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** Writes an entry, counts it and wakes who waits. */
  record(draft: JournalDraft): JournalEntry {
    const { arrivedAtMs, ...known } = draft;
    this.#lastSeq += 1;
    const entry: JournalEntry = {
      issued: false,
      replayed: false,
      ...known,
      seq: this.#lastSeq,
      time: new Date(arrivedAtMs).toISOString(),
      durationMs: Math.max(0, Math.round(this.#machineNow() - arrivedAtMs)),
    };
    this.#entries.push(entry);
    if (this.#entries.length > longestMemory) this.#entries = this.#entries.slice(-longestMemory / 2);
    for (const tally of this.#talliesOf(entry)) {
      tally.countCall(entry.operation, this.#machineNow());
      if (entry.outcome !== hanging) tally.countOutcome(entry);
    }
    this.#wake();
    return entry;
  }

  /** Replaces what a hanging call was, once it has gone on. */
  amend(seq: number, draft: JournalDraft): void {
    const index = this.#entries.findIndex((entry) => entry.seq === seq);
    const earlier = this.#entries[index];
    if (earlier === undefined) return;
    const { arrivedAtMs, ...known } = draft;
    const entry = { ...earlier, ...known, durationMs: Math.max(0, Math.round(this.#machineNow() - arrivedAtMs)) };
    this.#entries[index] = entry;
    for (const tally of this.#talliesOf(entry)) tally.countOutcome(entry);
    this.#wake();
  }

  /** The entries after a number, of one CA or of all. */
  since(seq: number, ca?: string): JournalEntry[] {
    return this.#entries.filter((entry) => entry.seq > seq && (ca === undefined || entry.ca === ca));
  }

  counters(ca?: string): JournalCounters {
    return (ca === undefined ? this.#all : (this.#byCa.get(ca) ?? new Tally())).counters();
  }

  /** Waits for an entry after a number; at most so many milliseconds, and not past the signal. */
  async waitFor(seq: number, ca: string | undefined, timeoutMs: number, signal: AbortSignal): Promise<JournalEntry[]> {
    const deadline = this.#machineNow() + timeoutMs;
    for (;;) {
      const entries = this.since(seq, ca);
      const restMs = deadline - this.#machineNow();
      if (entries.length > 0 || restMs <= 0 || signal.aborted) return entries;
      await this.#nextWake(restMs, signal);
    }
  }

  /** Forgets entries and counters; numbers go on. */
  reset(): void {
    this.#entries = [];
    this.#all = new Tally();
    this.#byCa = new Map();
  }

  async #nextWake(timeoutMs: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = (): void => resolve();
    const timer = setTimeout(wake, timeoutMs);
    signal.addEventListener('abort', wake, { once: true });
    this.#waiting.add(wake);
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', wake);
      this.#waiting.delete(wake);
    }
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }

  #talliesOf({ ca }: JournalEntry): Tally[] {
    if (ca === undefined) return [this.#all];
    const tally = this.#byCa.get(ca) ?? new Tally();
    this.#byCa.set(ca, tally);
    return [this.#all, tally];
  }
}
