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

/** What a throttled call leaves of the rate, and of what has passed lately: the rate does not fall below that. */
const decrease = 0.7;
const shareOfPassed = 0.9;
const passedWithinMs = 5_000;
const lowestRate = 1;
/** Calls that were under way together are throttled together: they count as one. */
const oneEventMs = 1_000;
/** After throttling the rate stays for so long. */
const heldMs = 10_000;
/** What it then regains a second, up to where it began; and what it gains above that, before and after somebody complained. */
const regain = 0.1;
const eagerGain = 0.25;
const carefulGain = 1 / 60;

/**
 * Falls by a share and climbs by a step, so that several who share one quota come to equal parts of it without knowing of
 * each other. A throttled call costs little, a rate that stays low costs much: so it goes back to its start within minutes,
 * and above it only as far as others wait for it.
 */
export class TokenBucket {
  readonly #options: TokenBucketOptions;
  #rate: number;
  #tokens: number;
  #filledAtMs: number;
  #slowedAtMs: number | undefined;
  /** Instants of the last seconds. */
  #taken: number[] = [];
  #refused: number[] = [];

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
    this.#taken = this.#lately([...this.#taken, this.#filledAtMs]);
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
    const nowMs = this.#filledAtMs;
    this.#refused = this.#lately([...this.#refused, nowMs]);
    if (this.#slowedAtMs !== undefined && nowMs - this.#slowedAtMs < oneEventMs) return;
    this.#slowedAtMs = nowMs;
    const passed = (this.#lately(this.#taken).length - this.#refused.length) / (passedWithinMs / 1_000);
    const lowest = Math.min(lowestRate, this.#options.rate);
    this.#rate = Math.min(this.#rate, Math.max(lowest, this.#rate * decrease, passed * shareOfPassed));
    this.#tokens = Math.min(this.#tokens, 0);
  }

  #lately(instants: number[]): number[] {
    const since = this.#filledAtMs - passedWithinMs;
    return (instants[0] ?? since) < since || (instants.at(-1) ?? since) > this.#filledAtMs ? instants.filter((ms) => ms >= since && ms <= this.#filledAtMs) : instants;
  }

  #fill(): void {
    const { clock, burst } = this.#options;
    const nowMs = clock.now();
    // A wall clock that was set back gives nothing and takes nothing.
    const seconds = Math.max(0, nowMs - this.#filledAtMs) / 1_000;
    this.#filledAtMs = nowMs;
    const isScarce = this.#tokens < 1;
    this.#tokens = Math.min(burst, this.#tokens + seconds * this.#rate);
    this.#climb(nowMs, seconds, isScarce);
  }

  #climb(nowMs: number, seconds: number, isScarce: boolean): void {
    const { rate, ceiling } = this.#options;
    // A wall clock that was set back must not make it wait until then again.
    if (this.#slowedAtMs !== undefined && this.#slowedAtMs > nowMs) this.#slowedAtMs = nowMs;
    const quietMs = this.#slowedAtMs === undefined ? Infinity : nowMs - this.#slowedAtMs;
    if (quietMs < heldMs) return;
    if (this.#rate < rate) {
      this.#rate = Math.min(rate, this.#rate + Math.min(seconds, (quietMs - heldMs) / 1_000) * regain);
    } else if (isScarce) {
      // A long pause is no proof that more is welcome.
      this.#rate = Math.min(ceiling, this.#rate + Math.min(1, seconds) * (this.#slowedAtMs === undefined ? eagerGain : carefulGain));
    }
  }
}
