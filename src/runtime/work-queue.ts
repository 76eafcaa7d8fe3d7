// Which key is worked on next? Keys only, each at most once in the queue, and never twice at work.
import type { Clock, Timer } from './clock.ts';

interface Delay {
  readonly dueMs: number;
  readonly timer: Timer;
}

/**
 * A FIFO of keys with the guarantees of client-go's work queue:
 * a key that is added while it is at work is handed out again after `done`, so no add is lost.
 */
export class WorkQueue {
  readonly #clock: Clock;
  readonly #fifo: string[] = [];
  /** Keys with news that nobody has taken yet: queued, or at work and to be queued again. */
  readonly #dirty = new Set<string>();
  readonly #processing = new Set<string>();
  readonly #delays = new Map<string, Delay>();
  readonly #takers = new Set<(key: string | undefined) => void>();
  #isShutDown = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Keys that are ready and taken by nobody. */
  get size(): number {
    return this.#fifo.length;
  }

  /** Makes the key ready now; a delay that it had is over. */
  add(key: string): void {
    if (this.#isShutDown) return;
    this.forget(key);
    if (this.#dirty.has(key)) return;
    this.#dirty.add(key);
    if (!this.#processing.has(key)) this.#enqueue(key);
  }

  /** Makes the key ready in `delayMs`, unless it is ready or due earlier anyway. */
  addAfter(key: string, delayMs: number): void {
    if (this.#isShutDown || this.#dirty.has(key)) return;
    if (delayMs <= 0) return this.add(key);
    const dueMs = this.#clock.now() + delayMs;
    const former = this.#delays.get(key);
    if (former !== undefined && former.dueMs <= dueMs) return;
    former?.timer.cancel();
    this.#delays.set(key, { dueMs, timer: this.#clock.after(delayMs, () => this.add(key)) });
  }

  /**
   * Takes the key that has been ready longest, waiting for one if need be; `done` must follow.
   * @returns undefined once `signal` aborts or the queue is shut down.
   */
  get(signal: AbortSignal): Promise<string | undefined> {
    if (signal.aborted || this.#isShutDown) return Promise.resolve(undefined);
    const key = this.#take();
    if (key !== undefined) return Promise.resolve(key);
    return new Promise((resolve) => {
      const taker = (taken: string | undefined): void => {
        this.#takers.delete(taker);
        signal.removeEventListener('abort', leave);
        resolve(taken);
      };
      const leave = (): void => taker(undefined);
      this.#takers.add(taker);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  /** The work on a key has ended; it is queued again where it was added meanwhile. */
  done(key: string): void {
    if (this.#processing.delete(key) && this.#dirty.has(key)) this.#enqueue(key);
  }

  /** Drops the key's delay; a key that is ready stays ready. */
  forget(key: string): void {
    this.#delays.get(key)?.timer.cancel();
    this.#delays.delete(key);
  }

  /** Takes nothing more, hands out nothing more, and cancels every delay. */
  shutDown(): void {
    this.#isShutDown = true;
    for (const { timer } of this.#delays.values()) timer.cancel();
    this.#delays.clear();
    for (const taker of this.#takers) taker(undefined);
  }

  #enqueue(key: string): void {
    if (this.#isShutDown) return;
    this.#fifo.push(key);
    const [taker] = this.#takers;
    if (taker !== undefined) taker(this.#take());
  }

  #take(): string | undefined {
    const key = this.#fifo.shift();
    if (key === undefined) return undefined;
    this.#dirty.delete(key);
    this.#processing.add(key);
    return key;
  }
}
