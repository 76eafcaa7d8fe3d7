// Which key is worked on next? Keys only, each at most once in the queue, and never twice at work.
import type { Clock, Timer } from './clock.ts';
import { FairLine } from './fair-line.ts';
import type { Metrics } from './ports.ts';

interface Delay {
  readonly dueMs: number;
  readonly timer: Timer;
}

export interface WorkQueueOptions {
  readonly clock: Clock;
  /** Lanes take turns; a key that `isFirst` goes before the others of its lane. One lane for all where left out. */
  readonly laneOf?: (key: string) => { readonly lane: string; readonly isFirst: boolean };
  /** How many keys of one lane may be at work at once; any number where left out. */
  readonly laneLimit?: number;
  /** The queue's name in the metrics, and where they go; none where left out. */
  readonly name?: string;
  readonly metrics?: Pick<Metrics, 'count' | 'observe' | 'sample'>;
}

const oneLane = { lane: '', isFirst: false };

/**
 * A queue of keys with the guarantees of client-go's work queue: a key that is added while it is at work is handed out
 * again after `done`, so no add is lost. Lanes take turns, so that no lane keeps another waiting.
 */
export class WorkQueue {
  readonly #options: WorkQueueOptions;
  /** Ready, and taken by nobody. */
  readonly #line = new FairLine();
  readonly #readySinceMs = new Map<string, number>();
  /** Keys with news that nobody has taken yet: ready, or at work and to be queued again. */
  readonly #dirty = new Set<string>();
  readonly #processing = new Map<string, { readonly lane: string; readonly sinceMs: number }>();
  readonly #atWork = new Map<string, number>();
  readonly #delays = new Map<string, Delay>();
  readonly #takers = new Set<(key: string | undefined) => void>();
  #isShutDown = false;

  constructor(options: WorkQueueOptions) {
    this.#options = options;
    const { name = '', metrics } = options;
    const labels = { name, controller: name };
    const sample = (metric: 'workqueue_depth' | 'workqueue_unfinished_work_seconds' | 'workqueue_longest_running_processor_seconds', read: () => number): void =>
      metrics?.sample(metric, () => [{ labels, value: read() }]);
    sample('workqueue_depth', () => this.size);
    sample('workqueue_unfinished_work_seconds', () => this.#workedSeconds().reduce((sum, each) => sum + each, 0));
    sample('workqueue_longest_running_processor_seconds', () => Math.max(0, ...this.#workedSeconds()));
  }

  /** Keys that are ready and taken by nobody. */
  get size(): number {
    return this.#line.size;
  }

  /** Makes the key ready now; a delay that it had is over. */
  add(key: string): void {
    this.#add(key, 2);
  }

  /** The same, before those keys of its lane that nobody has looked at yet: what it waited for has come. */
  wake(key: string): void {
    this.#add(key, 1);
  }

  /** Makes the key ready in `delayMs`, unless it is ready or due earlier anyway. */
  addAfter(key: string, delayMs: number): void {
    if (this.#isShutDown || this.#dirty.has(key)) return;
    if (delayMs <= 0) return this.wake(key);
    const { clock } = this.#options;
    const dueMs = clock.now() + delayMs;
    const former = this.#delays.get(key);
    if (former !== undefined && former.dueMs <= dueMs) return;
    former?.timer.cancel();
    this.#count('workqueue_retries_total');
    this.#delays.set(key, { dueMs, timer: clock.after(delayMs, () => this.wake(key)) });
  }

  /**
   * Takes the key whose turn it is, waiting for one if need be; `done` must follow.
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
    const work = this.#processing.get(key);
    if (work === undefined) return;
    this.#processing.delete(key);
    const left = (this.#atWork.get(work.lane) ?? 1) - 1;
    if (left === 0) this.#atWork.delete(work.lane);
    else this.#atWork.set(work.lane, left);
    this.#observe('workqueue_work_duration_seconds', work.sinceMs);
    if (this.#dirty.has(key)) this.#enqueue(key, 1);
    else this.#handOut();
  }

  /** Drops the key's delay; a key that is ready stays ready. */
  forget(key: string): void {
    this.#delays.get(key)?.timer.cancel();
    this.#delays.delete(key);
  }

  /** The key needs no work any more. @returns whether it is at work just now; it ends that, and is not handed out again. */
  drop(key: string): boolean {
    this.forget(key);
    this.#dirty.delete(key);
    this.#line.remove(key);
    this.#readySinceMs.delete(key);
    return this.#processing.has(key);
  }

  /** Takes nothing more, hands out nothing more, and cancels every delay. */
  shutDown(): void {
    this.#isShutDown = true;
    for (const { timer } of this.#delays.values()) timer.cancel();
    this.#delays.clear();
    for (const taker of this.#takers) taker(undefined);
  }

  #add(key: string, rank: number): void {
    if (this.#isShutDown) return;
    this.forget(key);
    if (this.#dirty.has(key)) return;
    this.#dirty.add(key);
    this.#count('workqueue_adds_total');
    if (!this.#processing.has(key)) this.#enqueue(key, rank);
  }

  #enqueue(key: string, rank: number): void {
    if (this.#isShutDown) return;
    const { lane, isFirst } = this.#options.laneOf?.(key) ?? oneLane;
    this.#line.push(key, { lane, rank: isFirst ? 0 : rank });
    this.#readySinceMs.set(key, this.#options.clock.now());
    this.#handOut();
  }

  #handOut(): void {
    const [taker] = this.#takers;
    const key = taker === undefined ? undefined : this.#take();
    if (key !== undefined) taker?.(key);
  }

  #take(): string | undefined {
    const { laneLimit = Infinity, clock } = this.#options;
    const taken = this.#line.take((lane) => (this.#atWork.get(lane) ?? 0) < laneLimit);
    if (taken === undefined) return undefined;
    const { key, lane } = taken;
    this.#observe('workqueue_queue_duration_seconds', this.#readySinceMs.get(key) ?? clock.now());
    this.#readySinceMs.delete(key);
    this.#dirty.delete(key);
    this.#processing.set(key, { lane, sinceMs: clock.now() });
    this.#atWork.set(lane, (this.#atWork.get(lane) ?? 0) + 1);
    return key;
  }

  #workedSeconds(): readonly number[] {
    const nowMs = this.#options.clock.now();
    return [...this.#processing.values()].map(({ sinceMs }) => Math.max(0, nowMs - sinceMs) / 1_000);
  }

  #count(metric: 'workqueue_adds_total' | 'workqueue_retries_total'): void {
    const { name = '', metrics } = this.#options;
    metrics?.count(metric, { name, controller: name });
  }

  #observe(metric: 'workqueue_queue_duration_seconds' | 'workqueue_work_duration_seconds', sinceMs: number): void {
    const { name = '', metrics, clock } = this.#options;
    metrics?.observe(metric, Math.max(0, clock.now() - sinceMs) / 1_000, { name, controller: name });
  }
}
