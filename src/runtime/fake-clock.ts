// A clock that stands still until a test moves it.
import type { Clock } from './clock.ts';

export interface FakeClock extends Clock {
  /** Runs what falls due within `ms`, in order of time, and lets promises settle after each. */
  advance(ms: number): Promise<void>;
  /** Moves to an instant (epoch milliseconds), never back. */
  advanceTo(epochMs: number): Promise<void>;
  /** Moves to the next timer and runs it; false where there is none. */
  advanceToNext(): Promise<boolean>;
  /**
   * Waits for I/O and runs timers, but none that is further away than `stepMs`, until something can be seen.
   * @throws when it cannot be seen within a minute of real time, which only ends what hangs: thousands of objects take seconds
   * on a busy machine. `what` names it.
   */
  advanceUntil(what: string, isSo: () => boolean, stepMs: number): Promise<void>;
  /** Timers that are armed. */
  readonly pending: number;
  /** Milliseconds until the earliest timer; undefined where none is armed. */
  readonly nextDelayMs: number | undefined;
}

const hangMs = 60_000;

interface Entry {
  readonly due: number;
  readonly order: number;
  readonly run: () => void;
}

/**
 * @param startMs epoch milliseconds at which it stands.
 * @param random what its chance is; always one half where left out.
 */
export function makeFakeClock(startMs = Date.UTC(2026, 0, 1), random: () => number = () => 0.5): FakeClock {
  let now = startMs;
  let order = 0;
  const timers = new Set<Entry>();

  const earliest = (): Entry | undefined => {
    let first: Entry | undefined;
    for (const each of timers) {
      if (first === undefined || each.due < first.due || (each.due === first.due && each.order < first.order)) first = each;
    }
    return first;
  };

  const advanceTo = async (epochMs: number): Promise<void> => {
    await settle();
    for (let entry = earliest(); entry !== undefined && entry.due <= epochMs; entry = earliest()) {
      timers.delete(entry);
      now = Math.max(now, entry.due);
      entry.run();
      await settle();
    }
    now = Math.max(now, epochMs);
  };

  const advanceToNext = async (): Promise<boolean> => {
    await settle();
    const entry = earliest();
    if (entry !== undefined) await advanceTo(entry.due);
    return entry !== undefined;
  };

  const nextDelayMs = (): number | undefined => {
    const entry = earliest();
    return entry && entry.due - now;
  };

  return {
    now: () => now,
    random,
    after(delayMs, run) {
      const entry = { due: now + Math.max(0, delayMs), order: order++, run };
      timers.add(entry);
      return { cancel: () => void timers.delete(entry) };
    },
    advance: (ms) => advanceTo(now + ms),
    advanceTo,
    advanceToNext,
    async advanceUntil(what, isSo, stepMs) {
      const deadline = performance.now() + hangMs;
      while (!isSo()) {
        if (performance.now() > deadline) throw new Error(`waited in vain until ${what}`);
        if ((nextDelayMs() ?? Infinity) <= stepMs) await advanceToNext();
        else await settle();
      }
    },
    get pending() {
      return timers.size;
    },
    get nextDelayMs() {
      return nextDelayMs();
    },
  };
}

/** One turn of the event loop: every promise that can settle without input has settled then. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
