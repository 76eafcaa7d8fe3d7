// How does the process end? In order on the first signal, at once on the second.
import type { Clock } from '../runtime/clock.ts';

/** @returns a signal that aborts on SIGTERM or SIGINT. */
export function abortOnSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(1);
      controller.abort(new Error(`${name} received`));
    });
  }
  return controller.signal;
}

/** How long answers that are under way when the process is told to stop are waited for. */
export const answersMs = 2_000;
/** How much longer what they said may be written down. */
const writesMs = 1_000;

/** The stages of an end; each signal aborts after the one before it, or with it. */
export interface Stages {
  /** Nothing new is begun. */
  readonly stopping: AbortSignal;
  /** Calls that are under way are broken off. */
  readonly answers: AbortSignal;
  /** Writes and watches end too. */
  readonly writes: AbortSignal;
  /** Nothing is waited for any more. */
  finish(): void;
}

/** @param signal aborts when the process is told to stop. */
export function makeStages(signal: AbortSignal, clock: Clock): Stages {
  const [stopping, answers, writes] = [new AbortController(), new AbortController(), new AbortController()];
  const begin = (): void => {
    stopping.abort(signal.reason);
    clock.after(answersMs, () => answers.abort(signal.reason));
    clock.after(answersMs + writesMs, () => writes.abort(signal.reason));
  };
  if (signal.aborted) begin();
  else signal.addEventListener('abort', begin, { once: true });
  return {
    stopping: stopping.signal,
    answers: answers.signal,
    writes: writes.signal,
    finish: () => [stopping, answers, writes].forEach((stage) => stage.abort(signal.reason)),
  };
}
