// What stands at a path, as it was read a moment ago (fresh-copies.ts).
import type { Result } from '../domain/failure.ts';
import type { KubeResult } from './errors.ts';
import { freshMs, makeFreshCopies, type FreshCopiesOptions } from './fresh-copies.ts';
import { describeOperation } from './operation.ts';
import type { KubeResponse, KubeTransport, Query } from './transport.ts';

export interface RecentReadingsOptions<T> extends FreshCopiesOptions<T> {
  readonly transport: Pick<KubeTransport, 'request'>;
  /** What is kept of an answer. */
  readonly read: (answer: KubeResult<KubeResponse>) => Result<T>;
}

export type RecentReadings<T> = (path: string, query: Query, signal: AbortSignal) => Promise<Result<T>>;

export function makeRecentReadings<T>({ transport, read, ...options }: RecentReadingsOptions<T>): RecentReadings<T> {
  const copies = makeFreshCopies<T>(options);
  return (path, query, signal) => {
    const load = async (): Promise<Result<T>> => read(await transport.request({ method: 'GET', path, query, signal: new AbortController().signal, timeoutMs: freshMs }));
    return copies({ name: `${path}?${JSON.stringify(query)}`, operation: describeOperation('GET', path), load }, signal);
  };
}
