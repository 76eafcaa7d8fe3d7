// How long does a watch that failed wait before it goes on, and what is said about it?
import { exponential, type Backoff } from '../runtime/backoff.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/ports.ts';
import type { KubeFailure } from './errors.ts';

const untroubled = exponential({ firstMs: 500, capMs: 30_000, jitter: 0.5 });
const longestRetryAfterMs = 120_000;
/** A kind that the API server does not have: its CRD may come later. */
const absentKindMs = 20_000;

export class ResumePace {
  readonly #clock: Clock;
  readonly #logger: Logger;
  #backoff: Backoff = untroubled;
  #told: string | undefined;
  #lastStatus: number | undefined;

  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock;
    this.#logger = logger;
  }

  /** @returns milliseconds until the next attempt. The same trouble is told once, however often it comes. */
  failed(failure: KubeFailure): number {
    const delayMs = this.#delayMs(failure);
    this.#backoff = this.#backoff.next();
    this.#lastStatus = failure.status;
    if (failure.code !== this.#told) {
      this.#told = failure.code;
      const fields = { code: failure.code, cause: failure.message, delayMs: Math.round(delayMs) };
      const isForAPerson = failure.class === 'unauthorised' || failure.class === 'bug';
      if (failure.status === 404) this.#logger.warn('the API server does not have this kind: is its CRD installed?', fields);
      else if (isForAPerson) this.#logger.warn('the API server refuses a watch', fields);
      else this.#logger.info('a watch was interrupted', fields);
    }
    return delayMs;
  }

  /** The server tells something good; whether it lasts is not known yet. */
  heard(): void {
    if (this.#told === undefined) return;
    this.#told = undefined;
    this.#logger.info('the watch goes on');
  }

  /** A watch has lasted: the next failure is a first one again. */
  recovered(): void {
    this.heard();
    this.#backoff = untroubled;
    this.#lastStatus = undefined;
  }

  #delayMs(failure: KubeFailure): number {
    if (failure.status === 404) return absentKindMs * (1 + this.#clock.random() / 2);
    // A version that is too old is replaced at once, but not in a loop.
    if (failure.status === 410 && this.#lastStatus !== 410) return 0;
    const wishMs = Math.min(failure.retryAfterMs ?? 0, longestRetryAfterMs);
    return Math.max(wishMs, this.#backoff.delayMs(this.#clock.random()));
  }
}
