// Who works on the keys of a queue, and what happens when the work itself is broken?
import { exponential, type Backoff } from './backoff.ts';
import type { Logger, Metrics } from './ports.ts';
import type { WorkQueue } from './work-queue.ts';

export interface WorkerPool {
  readonly queue: Pick<WorkQueue, 'get' | 'done' | 'addAfter'>;
  /** How many keys are worked on at once. */
  readonly count: number;
  /** Expected failures are its own business; what it throws is a bug. */
  readonly handle: (key: string, signal: AbortSignal) => Promise<void>;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'count'>;
  readonly signal: AbortSignal;
}

const afterPanic = exponential({ firstMs: 1_000, capMs: 300_000, jitter: 0 });

/**
 * Works until `signal` aborts; resolves when the handlers that were running then have ended. Never rejects.
 * A handler that throws is logged with its stack, counted, and its key comes back after 1 s to 5 min.
 */
export async function runWorkers(pool: WorkerPool): Promise<void> {
  const panics = new Map<string, Backoff>();
  await Promise.all(Array.from({ length: pool.count }, () => work(pool, panics)));
}

async function work(pool: WorkerPool, panics: Map<string, Backoff>): Promise<void> {
  for (;;) {
    const key = await pool.queue.get(pool.signal);
    if (key === undefined) return;
    try {
      await pool.handle(key, pool.signal);
      panics.delete(key);
    } catch (error) {
      const backoff = panics.get(key) ?? afterPanic;
      panics.set(key, backoff.next());
      pool.metrics.count('pca_issuer_reconcile_panics_total');
      pool.logger.error('a reconcile threw: this is a bug of pca-issuer', { key, stack: stackOf(error) });
      pool.queue.addAfter(key, backoff.delayMs(0));
    } finally {
      pool.queue.done(key);
    }
  }
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
