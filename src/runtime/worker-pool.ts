// Who works on the keys of a queue, and what happens when the work is slow, or itself broken?
import { exponential, type Backoff } from './backoff.ts';
import type { Clock } from './clock.ts';
import type { Logger, Metrics } from './ports.ts';
import type { WorkQueue } from './work-queue.ts';

export interface WorkerPool {
  /** The controller's name in the metrics. */
  readonly name: string;
  readonly queue: Pick<WorkQueue, 'get' | 'done' | 'addAfter'>;
  /** How many keys are worked on at once; what has been at work for more than a second counts no more. */
  readonly count: number;
  /** Expected failures are its own business; what it throws is a bug. @returns a word for the metric of reconciles. */
  readonly handle: (key: string, signal: AbortSignal) => Promise<HandleResult>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'count' | 'observe' | 'sample'>;
  readonly signal: AbortSignal;
}

/** As controller-runtime counts them. */
export type HandleResult = 'success' | 'requeue_after' | 'error';

const afterPanic = exponential({ firstMs: 1_000, capMs: 300_000, jitter: 0 });
/** Work that takes longer waits for somebody who may be hanging; another worker takes its place meanwhile. */
const slowMs = 1_000;

/**
 * Works until `signal` aborts; resolves when the handlers that were running then have ended. Never rejects.
 * A handler that throws is logged with its stack, counted, and its key comes back after 1 s to 5 min.
 * A handler that hangs holds no worker of others (docs/architecture.md, invariant 7): how many may hang is for the queue's
 * lanes to say.
 */
export async function runWorkers(pool: WorkerPool): Promise<void> {
  const { name, count, metrics } = pool;
  const panics = new Map<string, Backoff>();
  const working = new Set<Promise<void>>();
  let busy = 0;
  const labels = { controller: name };
  metrics.sample('controller_runtime_max_concurrent_reconciles', () => [{ labels, value: count }]);
  metrics.sample('controller_runtime_active_workers', () => [{ labels, value: busy }]);

  const hire = (): void => {
    const ended = work().finally(() => working.delete(ended));
    working.add(ended);
  };

  async function work(): Promise<void> {
    const worker = { isReplaced: false };
    while (!worker.isReplaced) {
      const key = await pool.queue.get(pool.signal);
      if (key === undefined) return;
      const slow = pool.clock.after(slowMs, () => {
        worker.isReplaced = true;
        hire();
      });
      busy++;
      await handle(pool, key, panics);
      busy--;
      slow.cancel();
    }
  }

  for (let hired = 0; hired < count; hired++) hire();
  while (working.size > 0) await Promise.all(working);
}

async function handle({ name, queue, handle: run, clock, logger, metrics, signal }: WorkerPool, key: string, panics: Map<string, Backoff>): Promise<void> {
  const labels = { controller: name };
  const startMs = clock.now();
  let result: HandleResult = 'error';
  try {
    result = await run(key, signal);
    panics.delete(key);
  } catch (error) {
    const backoff = panics.get(key) ?? afterPanic;
    panics.set(key, backoff.next());
    metrics.count('controller_runtime_reconcile_panics_total', labels);
    logger.error('a reconcile threw: this is a bug of pca-issuer', { key, stack: stackOf(error) });
    queue.addAfter(key, backoff.delayMs(0));
  } finally {
    queue.done(key);
  }
  metrics.count('controller_runtime_reconcile_total', { ...labels, result });
  if (result === 'error') metrics.count('controller_runtime_reconcile_errors_total', labels);
  metrics.observe('controller_runtime_reconcile_time_seconds', Math.max(0, clock.now() - startMs) / 1_000, labels);
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
