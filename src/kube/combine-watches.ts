// Several watches as one: it has synced when all have, and is as fresh as the one that heard nothing for longest.

/** A running watch, as health checks and start-up see it. */
export interface Watch {
  /** Resolves when `signal` aborts; never rejects. Call it once. */
  run(signal: AbortSignal): Promise<void>;
  /** Everything that existed at the start has been told. */
  readonly hasSynced: boolean;
  /** When the API server last told something good, in epoch milliseconds; undefined: never. */
  readonly lastContactAt: number | undefined;
}

/** @param beside what else is to run as long as they do. */
export function combineWatches(watches: readonly Watch[], beside: (signal: AbortSignal) => Promise<void> = async () => {}): Watch {
  return {
    run: async (signal) => void (await Promise.all([...watches.map((each) => each.run(signal)), beside(signal)])),
    get hasSynced() {
      return watches.every((each) => each.hasSynced);
    },
    get lastContactAt() {
      const instants = watches.map((each) => each.lastContactAt).filter((each) => each !== undefined);
      return instants.length < watches.length ? undefined : Math.min(...instants);
    },
  };
}
