// Time and chance, so that a test can hold both. Only this file reaches Date.now, setTimeout and Math.random.

export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Epoch milliseconds; may jump with the machine's wall clock. */
  now(): number;
  /** Calls `run` once after `delayMs`; never keeps the process alive by itself. */
  after(delayMs: number, run: () => void): Timer;
  /** Uniform in [0, 1). */
  random(): number;
}

/** setTimeout's own limit; a longer delay is waited for in pieces. */
const longestTimeoutMs = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, run) {
    const due = performance.now() + delayMs;
    let handle: NodeJS.Timeout;
    const arm = (): void => {
      const left = due - performance.now();
      handle = setTimeout(() => (left > longestTimeoutMs ? arm() : run()), Math.max(0, Math.min(left, longestTimeoutMs)));
      handle.unref();
    };
    arm();
    return { cancel: () => clearTimeout(handle) };
  },
  random: () => Math.random(),
};

/** Milliseconds since some start, which no one can set; a suspended machine does not count them. */
export function monotonicMs(): number {
  return performance.now();
}

/** Resolves after `delayMs`, or at once when `signal` aborts; never rejects. */
export function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      timer.cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = clock.after(delayMs, done);
    signal.addEventListener('abort', done, { once: true });
  });
}
