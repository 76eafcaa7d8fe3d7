// When was a request approved, and when and how did it end? One watch sees it for both controllers alike.
import type { Cluster } from '../control-plane/cluster.ts';
import type { ApiObject, Condition } from '../control-plane/api/objects.ts';
import { openTransport } from '../control-plane/api/transport.ts';
import { follow } from '../control-plane/api/watch.ts';

export interface Sighting {
  /** When the watch showed it, by this process's clock that never goes back. */
  approvedAtMs?: number;
  endedAtMs?: number;
  reason?: 'Issued' | 'Failed' | 'Denied';
  message?: string;
}

export interface Follower {
  readonly seen: ReadonlyMap<string, Sighting>;
  /** Waits until these have ended, or until the time is up. @throws what ended the watch, or the signal's reason */
  untilEnded(names: readonly string[], timeoutMs: number, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export async function followRequests(cluster: Cluster, namespace: string): Promise<Follower> {
  const transport = await openTransport(cluster);
  const stop = new AbortController();
  const seen = new Map<string, Sighting>();
  let waiting = (): void => {};
  let broken: Error | undefined;
  const watch = async (): Promise<void> => {
    const path = `/apis/cert-manager.io/v1/namespaces/${namespace}/certificaterequests`;
    for await (const change of follow(transport, { path, signal: stop.signal })) {
      if (change === 'listed' || change.object === undefined) continue;
      const name = change.object.metadata.name ?? '';
      const sighting = seen.get(name) ?? {};
      seen.set(name, sighting);
      note(sighting, change.object, performance.now());
      waiting();
    }
  };
  const watched = watch().catch((error: unknown) => {
    broken = error instanceof Error ? error : new Error('the watch ended', { cause: error });
    waiting();
  });

  return {
    seen,
    async untilEnded(names, timeoutMs, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const left = new Set(names);
      waiting = () => {
        for (const name of left) if (seen.get(name)?.endedAtMs !== undefined) left.delete(name);
        if (broken !== undefined) reject(broken);
        if (left.size === 0) resolve();
      };
      const abort = (): void => reject(signal.reason as Error);
      const timer = setTimeout(resolve, timeoutMs);
      signal.addEventListener('abort', abort, { once: true });
      if (signal.aborted) abort();
      waiting();
      await promise.finally(() => {
        clearTimeout(timer);
        signal.removeEventListener('abort', abort);
        waiting = () => {};
      });
    },
    async close() {
      stop.abort();
      await watched;
      await transport.close();
    },
  };
}

/** Writes down what is new in a request; what was seen first stays. */
export function note(sighting: Sighting, object: ApiObject, nowMs: number): void {
  const conditions = (object['status']?.conditions ?? []) as readonly Condition[];
  const has = (type: string): boolean => conditions.some((condition) => condition.type === type && condition.status === 'True');
  if (has('Approved')) sighting.approvedAtMs ??= nowMs;
  const { reason, message } = conditions.find(({ type }) => type === 'Ready') ?? {};
  if (sighting.endedAtMs !== undefined || (reason !== 'Issued' && reason !== 'Failed' && reason !== 'Denied')) return;
  Object.assign(sighting, { endedAtMs: nowMs, reason, message });
}
