// Whose turn is it, where calls are rationed? Who must wait holds nothing but a place, and is woken.
import type { Clock } from './clock.ts';
import { FairLine } from './fair-line.ts';
import type { TokenBucket } from './token-bucket.ts';

export interface Turn {
  /** Who asks; its place is kept, and its turn too, until it asks again. */
  readonly key: string;
  /** Lanes take turns. */
  readonly lane: string;
  /** Goes before all others, of whatever lane. */
  readonly isFirst: boolean;
  /** Says that it may ask again now. */
  readonly wake: () => void;
}

export interface TurnsOptions {
  readonly clock: Clock;
  readonly bucket: TokenBucket;
  /** Hears how long somebody has waited; 0 for who did not. */
  readonly onTurn: (waitedMs: number) => void;
}

interface Waiting {
  readonly wake: () => void;
  readonly sinceMs: number;
}

/** A turn that nobody takes up is over then; its token is lost. */
const grantMs = 30_000;

export class Turns {
  readonly #options: TurnsOptions;
  readonly #first = new FairLine();
  readonly #others = new FairLine();
  readonly #waiting = new Map<string, Waiting>();
  /** Whose turn it is, and when it ends. */
  readonly #granted = new Map<string, number>();
  #isArmed = false;

  constructor(options: TurnsOptions) {
    this.#options = options;
  }

  /** How many wait. */
  get size(): number {
    return this.#waiting.size;
  }

  /** @returns true: it may call now, once. false: it has a place, and is woken. */
  ask({ key, lane, isFirst, wake }: Turn): boolean {
    const { clock, bucket, onTurn } = this.#options;
    if (this.#granted.delete(key)) return true;
    if (this.#waiting.size === 0 && bucket.take()) {
      onTurn(0);
      return true;
    }
    if (!this.#waiting.has(key)) {
      this.#waiting.set(key, { wake, sinceMs: clock.now() });
      (isFirst ? this.#first : this.#others).push(key, { lane, rank: 0 });
    }
    this.#arm();
    return false;
  }

  /** It needs no turn any more. */
  leave(key: string): void {
    this.#granted.delete(key);
    this.#waiting.delete(key);
    this.#first.remove(key);
    this.#others.remove(key);
  }

  #arm(): void {
    if (this.#isArmed) return;
    this.#isArmed = true;
    this.#options.clock.after(Math.ceil(this.#options.bucket.waitMs), () => {
      this.#isArmed = false;
      this.#grant();
      if (this.#waiting.size > 0) this.#arm();
    });
  }

  #grant(): void {
    const { clock, bucket, onTurn } = this.#options;
    const nowMs = clock.now();
    for (const [key, endsMs] of this.#granted) if (endsMs <= nowMs) this.#granted.delete(key);
    while (this.#waiting.size > 0 && bucket.take()) {
      const key = (this.#first.take() ?? this.#others.take())?.key;
      const waiting = key === undefined ? undefined : this.#waiting.get(key);
      if (key === undefined || waiting === undefined) return;
      this.#waiting.delete(key);
      this.#granted.set(key, nowMs + grantMs);
      onTurn(Math.max(0, nowMs - waiting.sinceMs));
      waiting.wake();
    }
  }
}
