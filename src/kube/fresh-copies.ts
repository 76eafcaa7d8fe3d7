// What the API server said a moment ago: asked once for all who want to know, and soon forgotten.
import type { Result } from '../domain/failure.ts';
import type { Clock } from '../runtime/clock.ts';

export interface FreshCopiesOptions<T> {
  readonly clock: Clock;
  /** Is it worth keeping at all? A failure never is. */
  readonly isKept?: (value: T) => boolean;
  /** The oldest copies give way. */
  readonly mostCopies: number;
}

export interface Reading<T> {
  /** Readings with the same name are one. */
  readonly name: string;
  /** For the failure of who leaves early. */
  readonly operation: string;
  readonly load: () => Promise<Result<T>>;
}

/** @returns what is known of it, read anew where that is older than ten seconds. */
export type FreshCopies<T> = (reading: Reading<T>, signal: AbortSignal) => Promise<Result<T>>;

/** A copy older than this is read again before use (docs/architecture.md, invariant 14). */
export const freshMs = 10_000;

export function makeFreshCopies<T>({ clock, isKept = () => true, mostCopies }: FreshCopiesOptions<T>): FreshCopies<T> {
  const readings = new Map<string, Promise<Result<T>>>();

  const begin = ({ name, load }: Reading<T>): Promise<Result<T>> => {
    const forget = (): void => {
      timer.cancel();
      if (readings.get(name) === reading) readings.delete(name);
    };
    // Counted from the question, not from the answer; nothing of it stays in memory for longer.
    const timer = clock.after(freshMs, forget);
    const reading = load().then((result) => {
      if (!result.ok || !isKept(result.value)) forget();
      return result;
    });
    const [oldest] = readings.keys();
    if (readings.size >= mostCopies && oldest !== undefined) readings.delete(oldest);
    readings.set(name, reading);
    return reading;
  };

  return (reading, signal) => orAbort(readings.get(reading.name) ?? begin(reading), reading.operation, signal);
}

/** Several may wait for one reading, so that no one's signal ends it; who leaves just stops waiting. */
function orAbort<T>(reading: Promise<Result<T>>, operation: string, signal: AbortSignal): Promise<Result<T>> {
  return new Promise((resolve) => {
    const leave = (): void => resolve({ ok: false, failure: { class: 'transient', code: 'AbortError', message: 'aborted', operation } });
    if (signal.aborted) return leave();
    signal.addEventListener('abort', leave, { once: true });
    void reading.then(resolve).finally(() => signal.removeEventListener('abort', leave));
  });
}
