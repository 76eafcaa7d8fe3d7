// What a restart would cure: checks for the probe of liveness. AWS is never asked.
import type { Clock } from '../runtime/clock.ts';

export interface HealthCheck {
  /** One word; it is also the path of the check alone, `/livez/<name>`. */
  readonly name: string;
  /** @returns what is wrong, or undefined. */
  readonly check: () => string | undefined;
}

/** How long the watch of requests may be silent: bookmarks come every minute, a reconnect takes at most that again. */
const silentMs = 10 * 60_000;

/** Fails when the API server was not heard of for 10 minutes, counted from now where it never was. */
export function apiServerHeard(lastContactAt: () => number | undefined, clock: Pick<Clock, 'now'>): HealthCheck {
  const startedAt = clock.now();
  return {
    name: 'watch',
    check() {
      const quietMs = clock.now() - Math.max(startedAt, lastContactAt() ?? startedAt);
      return quietMs > silentMs ? `the API server was not heard of for ${Math.floor(quietMs / 60_000)} minutes` : undefined;
    },
  };
}

/** How long a process may run on whose lease is over: answers are awaited, ARNs written, calls ended at their deadline. */
const leavingMs = 30_000;

export interface Leading {
  /** Does this process do a leader's work? */
  readonly leads: () => boolean;
  /** Does its lease still stand? */
  readonly holds: () => boolean;
  /** Milliseconds that never jump. */
  readonly monotonicMs: () => number;
}

/** Fails when a leader runs on for 30 seconds after a probe first saw that its lease is over; a standby is always well. */
export function leaderSane({ leads, holds, monotonicMs }: Leading): HealthCheck {
  let overSinceMs: number | undefined;
  return {
    name: 'leader',
    check() {
      overSinceMs = leads() && !holds() ? (overSinceMs ?? monotonicMs()) : undefined;
      const overMs = overSinceMs === undefined ? 0 : monotonicMs() - overSinceMs;
      return overMs > leavingMs ? `the lease has been over for ${Math.floor(overMs / 1_000)} s, and the process has not ended` : undefined;
    },
  };
}
