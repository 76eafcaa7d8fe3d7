// How long until the next attempt? Back-offs are values: `next()` gives another one and changes nothing.

export interface BackoffPolicy {
  readonly firstMs: number;
  /** Growth per attempt; 2 where left out. */
  readonly factor?: number;
  readonly capMs: number;
  /** Share of a delay that chance may take away: 0 keeps delays as they are, 1 spreads them down to nothing. */
  readonly jitter: number;
}

export interface Backoff {
  /** Failed attempts so far, from 0. */
  readonly attempts: number;
  /** @param random uniform in [0, 1). @returns milliseconds, never above the cap. */
  delayMs(random: number): number;
  /** The back-off after one more failed attempt. */
  next(): Backoff;
}

/** Delays that grow by a factor up to a cap; a success starts again from the first value. */
export function exponential(policy: BackoffPolicy): Backoff {
  return after(policy, 0);
}

function after(policy: BackoffPolicy, attempts: number): Backoff {
  const fullMs = Math.min(policy.capMs, policy.firstMs * (policy.factor ?? 2) ** attempts);
  return {
    attempts,
    delayMs: (random) => fullMs * (1 - policy.jitter * random),
    next: () => after(policy, attempts + 1),
  };
}
