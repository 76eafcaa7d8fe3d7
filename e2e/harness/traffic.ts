// Does it go on without a break? Several do the same thing one time after the other, until they are told to stop.
import { repeat } from '../../hack/control-plane/repeat.ts';

/** `await using` ends it with a test that fails. */
export interface Traffic extends AsyncDisposable {
  /** Waits until each of them has had this result. @throws what went wrong meanwhile */
  allMeet(result: string): Promise<void>;
  /** @returns how often it was done, and what was said of those times that failed. */
  stop(): Promise<{ readonly times: number; readonly failures: readonly string[] }>;
}

export function startTraffic(count: number, doOnce: () => Promise<string>): Traffic {
  const failures: string[] = [];
  let times = 0;
  const loops = Array.from({ length: count }, () => {
    const met = new Set<string>();
    const doing = repeat(async () => {
      await doOnce().then((result) => void met.add(result), (error: unknown) => void failures.push(String(error)));
      times += 1;
    });
    return { met, doing };
  });
  const end = async (): Promise<void> => void (await Promise.all(loops.map(({ doing }) => doing.stop())));
  return {
    [Symbol.asyncDispose]: end,
    async allMeet(result) {
      for (const { met, doing } of loops) {
        while (!met.has(result)) {
          if (failures.length > 0) throw new Error(failures.join('\n'));
          await doing.round();
        }
      }
    },
    async stop() {
      await end();
      return { times, failures };
    },
  };
}
