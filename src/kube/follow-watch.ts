// One watch from its opening to its end: what it tells, and why it ended.
import type { Clock, Timer } from '../runtime/clock.ts';
import { failureOfException, type KubeFailure } from './errors.ts';
import { describeOperation } from './operation.ts';
import type { KubeTransport, Query } from './transport.ts';
import { readWatchEvent, type WatchEvent } from './watch-event.ts';

export interface WatchCall {
  readonly transport: Pick<KubeTransport, 'stream'>;
  readonly clock: Clock;
  readonly path: string;
  readonly query: Query;
  /** How long it may be silent from now on; asked again after every event. */
  readonly idleMs: () => number;
  readonly onOpen: () => void;
  readonly onEvent: (event: Exclude<WatchEvent, { kind: 'error' }>) => void;
  readonly signal: AbortSignal;
}

/** A watch that ends sooner than this counts as a failure, or the next one would follow at once, and so for ever. */
export const shortWatchMs = 5_000;

/** @returns why it ended; undefined where the server ended it in its own good time. */
export async function followWatch(call: WatchCall): Promise<KubeFailure | undefined> {
  const operation = describeOperation('WATCH', call.path);
  const silence = new AbortController();
  const openedAt = call.clock.now();
  let timer: Timer | undefined;
  const listen = (): void => {
    timer?.cancel();
    timer = call.clock.after(call.idleMs(), () => silence.abort());
  };
  try {
    const opened = await call.transport.stream({ ...call, signal: AbortSignal.any([call.signal, silence.signal]) });
    if (!opened.ok) return opened.failure;
    call.onOpen();
    listen();
    for await (const line of opened.value) {
      const event = readWatchEvent(operation, line);
      if (event.kind === 'error') return event.failure;
      call.onEvent(event);
      listen();
    }
    if (call.clock.now() - openedAt >= shortWatchMs) return undefined;
    return fault(operation, 'WatchEnded', 'the API server ended the watch at once');
  } catch (error) {
    if (silence.signal.aborted) return fault(operation, 'SilentWatch', 'the watch was silent for too long');
    return failureOfException(operation, error);
  } finally {
    timer?.cancel();
  }
}

function fault(operation: string, code: string, message: string): KubeFailure {
  return { class: 'transient', code, message, operation, status: undefined };
}
