// Which call does which trouble befall? Orders stand in a row; the first one that fits a call strikes it.
import type { ApiCall } from './api-call.ts';

/** What happens to a call. */
export type Act =
  /** The proxy answers in the API server's place; the API server hears nothing. */
  | { readonly kind: 'answer'; readonly status: number; readonly message?: string; readonly retryAfterSeconds?: number }
  /** The connection breaks before the API server hears of it. */
  | { readonly kind: 'reset' }
  /** The API server carries it out; its answer never arrives. */
  | { readonly kind: 'lost' }
  /** Half of the answer arrives. */
  | { readonly kind: 'cut' }
  /** Nothing happens until the fault is lifted; then the API server hears of it, or the caller of its answer. */
  | { readonly kind: 'hold'; readonly what: 'call' | 'answer' }
  /** A watch opens, says these lines, and ends. */
  | { readonly kind: 'say'; readonly lines: readonly string[] };

export interface FaultOrder {
  /** Which calls it fits: all those that have these values. */
  readonly on: Partial<ApiCall>;
  readonly act: Act;
  /** How many calls it strikes: 1 where left out, -1 until it is lifted. */
  readonly times?: number;
}

export interface Strike {
  readonly id: number;
  readonly act: Act;
  /** For a `hold`: resolves when the fault is lifted. */
  readonly lifted: Promise<void>;
}

interface Standing extends Strike {
  readonly on: Partial<ApiCall>;
  left: number;
  readonly lift: () => void;
}

export class Faults {
  #standing: Standing[] = [];
  #lastId = 0;

  /** @returns the number by which it is lifted. */
  add({ on, act, times = 1 }: FaultOrder): number {
    const { promise: lifted, resolve: lift } = Promise.withResolvers<void>();
    this.#standing.push({ id: ++this.#lastId, on, act, left: times < 0 ? Infinity : times, lifted, lift });
    return this.#lastId;
  }

  /** What befalls this call, which counts as struck then. */
  strike(call: ApiCall): Strike | undefined {
    const fitting = this.#standing.find(({ on, left }) => left > 0 && fits(call, on));
    if (fitting !== undefined) fitting.left -= 1;
    return fitting;
  }

  /** Lifts one fault, or all: it strikes no more, and what it held goes on. */
  lift(id?: number): void {
    for (const each of this.#standing) if (id === undefined || each.id === id) each.lift();
    this.#standing = this.#standing.filter((each) => id !== undefined && each.id !== id);
  }
}

function fits(call: ApiCall, on: Partial<ApiCall>): boolean {
  return Object.entries(on).every(([field, value]) => call[field as keyof ApiCall] === value);
}
