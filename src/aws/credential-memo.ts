// When are credentials fetched again? Before they end, one fetch at a time, and the old ones serve meanwhile.
import type { Clock } from '../runtime/clock.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

export type LoadCredentials = () => Promise<Credentials>;

const earlyMs = 5 * 60_000;
const staleUntilMs = 30_000;
/** After a refresh that failed while the old ones still serve. */
const quietMs = 10_000;

/**
 * Credentials are refreshed 5 minutes before they end (at half their life, where that is later) and used until 30 s
 * before; without an end they are kept for ever.
 * @throws what `load` throws, when there are none that still serve.
 */
export function memoiseCredentials(load: LoadCredentials, clock: Clock): LoadCredentials {
  let current: Credentials | undefined;
  let refreshAtMs = 0;
  let pending: Promise<Credentials> | undefined;

  const refresh = (): Promise<Credentials> => {
    pending ??= load()
      .then((loaded) => {
        const nowMs = clock.now();
        const endMs = loaded.expiration?.getTime() ?? Infinity;
        current = loaded;
        refreshAtMs = Math.max(endMs - earlyMs, nowMs + (endMs - nowMs) / 2);
        return loaded;
      })
      .finally(() => {
        pending = undefined;
      });
    return pending;
  };

  return async () => {
    if (current === undefined) return refresh();
    const nowMs = clock.now();
    if (nowMs < refreshAtMs) return current;
    const refreshed = refresh();
    if (nowMs >= (current.expiration?.getTime() ?? Infinity) - staleUntilMs) return refreshed;
    refreshed.catch(() => {
      refreshAtMs = clock.now() + quietMs;
    });
    return current;
  };
}
