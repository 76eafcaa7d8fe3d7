// What went through the proxy, what is held in it, and which watches are open? With a way to wait for the next change.
import type { ApiCall } from './api-call.ts';

export interface JournalEntry extends ApiCall {
  readonly seq: number;
  /** Epoch milliseconds at which the call arrived. */
  readonly atMs: number;
  /** The HTTP status that the caller got; undefined where it got none. */
  readonly status: number | undefined;
  /** Which kind of trouble struck it. */
  readonly trouble: string | undefined;
}

export interface View {
  /** Of the last change: an entry, a watch that opened or closed, a call that is held or goes on. */
  readonly lastSeq: number;
  readonly entries: readonly JournalEntry[];
  /** Open watches by resource; silenced ones do not count. */
  readonly watches: Readonly<Record<string, number>>;
  /** Numbers of the faults that hold a call. */
  readonly held: readonly number[];
}

export class Journal {
  readonly #entries: JournalEntry[] = [];
  readonly #watches = new Map<string, number>();
  readonly #held: number[] = [];
  readonly #waiting = new Set<() => void>();
  #lastSeq = 0;

  record(call: ApiCall, outcome: { readonly atMs: number; readonly status: number | undefined; readonly trouble: string | undefined }): void {
    this.#entries.push({ ...call, ...outcome, seq: this.#lastSeq + 1 });
    this.#changed();
  }

  countWatch(resource: string, change: 1 | -1): void {
    this.#watches.set(resource, (this.#watches.get(resource) ?? 0) + change);
    this.#changed();
  }

  /** @returns what is to be called when the call goes on. */
  hold(fault: number): () => void {
    this.#held.push(fault);
    this.#changed();
    return () => {
      this.#held.splice(this.#held.indexOf(fault), 1);
      this.#changed();
    };
  }

  view(since: number): View {
    return {
      lastSeq: this.#lastSeq,
      entries: this.#entries.filter(({ seq }) => seq > since),
      watches: Object.fromEntries(this.#watches),
      held: [...this.#held],
    };
  }

  /** Resolves at the next change after `seq`, which may have been already, or after `timeoutMs`. */
  async changeAfter(seq: number, timeoutMs: number): Promise<void> {
    if (this.#lastSeq > seq) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, timeoutMs);
    this.#waiting.add(resolve);
    await promise;
    clearTimeout(timer);
    this.#waiting.delete(resolve);
  }

  #changed(): void {
    this.#lastSeq += 1;
    for (const wake of this.#waiting) wake();
  }
}
