// Does it go on without a break? Several do the same thing one time after the other, without a pause, until they are told to stop.
export interface Traffic {
  /** Waits until each of them has had this result. @throws what went wrong meanwhile */
  allMeet(result: string): Promise<void>;
  /** @returns how often it was done, and what was said of those times that failed. */
  stop(): Promise<{ readonly times: number; readonly failures: readonly string[] }>;
}

export function startTraffic(count: number, doOnce: () => Promise<string>): Traffic {
  const failures: string[] = [];
  const met = Array.from({ length: count }, () => new Set<string>());
  const over = new AbortController();
  let times = 0;
  let happened = Promise.withResolvers<void>();
  const loops = met.map(async (results) => {
    while (!over.signal.aborted) {
      await doOnce().then((result) => void results.add(result), (error: unknown) => void failures.push(String(error)));
      times += 1;
      happened.resolve();
    }
  });
  return {
    async allMeet(result) {
      while (!met.every((results) => results.has(result))) {
        if (failures.length > 0) throw new Error(failures.join('\n'));
        happened = Promise.withResolvers<void>();
        await happened.promise;
      }
    },
    async stop() {
      over.abort();
      await Promise.all(loops);
      return { times, failures };
    },
  };
}
