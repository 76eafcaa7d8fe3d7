// A clock that runs as the machine's does and can be moved forward, so that a test need not wait for minutes to pass.
import type { Clock, Timer } from '../../src/runtime/clock.ts';

export interface MovableClock extends Clock {
  /** Moves time forward; timers that fall due thereby run at once, in order. */
  advance(ms: number): void;
}

interface Entry {
  readonly dueMs: number;
  readonly run: () => void;
  handle: NodeJS.Timeout | undefined;
}

/** @param startOffsetMs how far it stands ahead of the machine's clock at first; behind where negative. */
export function makeMovableClock(startOffsetMs = 0): MovableClock {
  let offsetMs = startOffsetMs;
  const entries = new Set<Entry>();
  const now = (): number => Date.now() + offsetMs;

  const arm = (entry: Entry): void => {
    clearTimeout(entry.handle);
    entry.handle = setTimeout(() => {
      entries.delete(entry);
      entry.run();
    }, Math.min(2 ** 31 - 1, Math.max(0, entry.dueMs - now())));
    entry.handle.unref();
  };

  return {
    now,
    random: () => Math.random(),
    after(delayMs, run): Timer {
      const entry: Entry = { dueMs: now() + delayMs, run, handle: undefined };
      entries.add(entry);
      arm(entry);
      return {
        cancel() {
          clearTimeout(entry.handle);
          entries.delete(entry);
        },
      };
    },
    advance(ms) {
      offsetMs += ms;
      for (const entry of [...entries].toSorted((one, two) => one.dueMs - two.dueMs)) arm(entry);
    },
  };
}
