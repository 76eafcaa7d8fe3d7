// Does the event loop still turn? A beat every second says so, as long as it comes on time.
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/ports.ts';
import type { HealthCheck } from './health-checks.ts';

export interface EventLoopOptions {
  readonly clock: Pick<Clock, 'after'>;
  /** Milliseconds that never jump. */
  readonly monotonicMs: () => number;
  readonly logger: Logger;
}

export interface EventLoopWatch extends HealthCheck {
  stop(): void;
}

const beatMs = 1_000;
/** The deadline of the chart's probes: while the loop stands still for longer, a probe gets no answer anyhow. */
const lateMs = 5_000;
const mostLate = 5;

/**
 * Fails while each of the last 5 beats came more than 5 seconds late: the loop moves, but only in long jerks, and so no lease
 * is kept and no call ends in time. One beat on time heals it; one long pause (a suspended machine) is only told to the log.
 * It cannot see a pause that still lasts, since nobody answers the probe then, which is the probe's own deadline to notice;
 * nor a promise that never settles while the loop idles: the watch's check and the work queue's metrics tell of that.
 */
export function watchEventLoop({ clock, monotonicMs, logger }: EventLoopOptions): EventLoopWatch {
  let late = 0;
  let lateness = 0;
  let timer = beat();

  function beat(): ReturnType<Clock['after']> {
    const dueMs = monotonicMs() + beatMs;
    return clock.after(beatMs, () => {
      lateness = monotonicMs() - dueMs;
      late = lateness > lateMs ? late + 1 : 0;
      if (late > 0) logger.warn('the event loop stood still', { seconds: Math.round(lateness / 100) / 10 });
      timer = beat();
    });
  }

  return {
    name: 'event-loop',
    check: () => (late >= mostLate ? `the last ${late} beats of the event loop were late, the last one by ${Math.floor(lateness / 1_000)} s` : undefined),
    stop: () => timer.cancel(),
  };
}
