// How is one thing done over and over, without a pause, until it is told to stop?
export interface Repetition {
  /** Resolves once it was done from beginning to end after this call. */
  round(): Promise<void>;
  /** Resolves when the one under way is done; there is none after it. */
  stop(): Promise<void>;
}

/** @param doOnce counts its own failures: where it throws, `stop` does too. */
export function repeat(doOnce: () => Promise<void>): Repetition {
  const state = { rounds: 0, isOver: false };
  let next = Promise.withResolvers<void>();
  const going = (async () => {
    while (!state.isOver) {
      await doOnce();
      state.rounds += 1;
      next.resolve();
      next = Promise.withResolvers();
    }
  })();
  return {
    round: async () => {
      const enough = state.rounds + 2; // the one under way began before
      while (state.rounds < enough && !state.isOver) await next.promise;
    },
    stop: async () => {
      state.isOver = true;
      await going;
    },
  };
}
