// How many calls a second may be made? A bucket of tokens whose rate falls when the other side asks for less.
import type { Clock } from './clock.ts';

export interface TokenBucketOptions {
  readonly clock: Pick<Clock, 'now'>;
  /** Tokens a second, at first. */
  readonly rate: number;
  /** Tokens that may be saved up. */
  readonly burst: number;
  /** The highest rate that it climbs to. */
  readonly ceiling: number;
}

/** What a throttled call leaves of the rate. */
const decrease = 0.7;
const lowestRate = 1;
/** Calls that were under way together are throttled together: they count as one. */
const oneEventMs = 1_000;
/** After throttling the rate stays for so long. */
const heldMs = 10 * 60_000;
/** What it gains a second: where nobody ever complained, and after somebody did. */
const eagerGain = 0.25;
const carefulGain = 1 / 60;

/**
 * Falls by a share and climbs by a step, so that several who share one quota come to equal parts of it without knowing of
 * each other. It climbs only while the rate is what others wait for.
 */
export class TokenBucket {
  readonly #options: TokenBucketOptions;
  #rate: number;
  #tokens: number;
  #filledAtMs: number;
  #slowedAtMs: number | undefined;

  constructor(options: TokenBucketOptions) {
    this.#options = options;
    this.#rate = options.rate;
    this.#tokens = options.burst;
    this.#filledAtMs = options.clock.now();
  }

  /** Tokens a second, now. */
  get rate(): number {
    return this.#rate;
  }

  /** @returns whether there was a token; it is taken. */
  take(): boolean {
    this.#fill();
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** Milliseconds until there is a token. */
  get waitMs(): number {
    this.#fill();
    return Math.max(0, ((1 - this.#tokens) / this.#rate) * 1_000);
  }

  /** The other side asks for less. */
  slowDown(): void {
    this.#fill();
    const nowMs = this.#options.clock.now();
    if (this.#slowedAtMs !== undefined && nowMs >= this.#slowedAtMs && nowMs - this.#slowedAtMs < oneEventMs) return;
    this.#slowedAtMs = nowMs;
    this.#rate = Math.max(Math.min(lowestRate, this.#options.rate), this.#rate * decrease);
    this.#tokens = Math.min(this.#tokens, 0);
  }

  #fill(): void {
    const { clock, burst } = this.#options;
    const nowMs = clock.now();
    // A wall clock that was set back gives nothing and takes nothing.
    const seconds = Math.max(0, nowMs - this.#filledAtMs) / 1_000;
    this.#filledAtMs = nowMs;
    const isScarce = this.#tokens < 1;
    this.#tokens = Math.min(burst, this.#tokens + seconds * this.#rate);
    if (isScarce) this.#climb(nowMs, seconds);
  }

  #climb(nowMs: number, seconds: number): void {
    const sinceMs = this.#slowedAtMs === undefined ? Infinity : nowMs - this.#slowedAtMs;
    if (sinceMs < heldMs) return;
    const gain = this.#slowedAtMs === undefined ? eagerGain : carefulGain;
    // A long pause is no proof that more is welcome.
    this.#rate = Math.min(this.#options.ceiling, this.#rate + Math.min(1, seconds) * gain);
  }
}
