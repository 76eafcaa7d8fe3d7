// When is a failed call tried again, and what is the request told meanwhile? Reads only the failure's class.
import type { Failure } from './failure.ts';

const ambiguousMs = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000];
/** How long an ambiguous call is repeated byte for byte: AWS remembers its token for 5 minutes (invariant 3). */
export const ambiguousWindowMs = 4 * 60_000;
/** So many tries fill the window, in case that the wall clock was set back meanwhile. */
export const ambiguousTriesAtMost = 13;

/** Enough for ten minutes at the pace below, in case that clocks differ; only then the delays grow again, up to an hour. */
const patientTries = 24;
const longestMs = 3_600_000;

const limits: Readonly<Record<Failure['class'], { readonly firstMs: number; readonly capMs: number }>> = {
  // How fast it goes on is for the rate limits to say, which were lowered.
  throttled: { firstMs: 500, capMs: 5_000 },
  transient: { firstMs: 1_000, capMs: 20_000 },
  ambiguous: { firstMs: 1_000, capMs: 30_000 },
  unauthorised: { firstMs: 2_000, capMs: 30_000 },
  misconfigured: { firstMs: 2_000, capMs: 40_000 },
  unsuitable: { firstMs: 2_000, capMs: 30_000 },
  rejected: { firstMs: 1_000, capMs: 10_000 },
  conflict: { firstMs: 50, capMs: 2_000 },
  bug: { firstMs: 10_000, capMs: 300_000 },
};

/**
 * @param attempt how many failures of this kind there were before, from 0.
 * @param random uniform in [0, 1): spreads delays by up to a quarter, except the fixed ones of ambiguous calls.
 */
export function retryDelayMs(failure: Failure, attempt: number, random: number): number {
  if (failure.class === 'ambiguous') return ambiguousMs[attempt] ?? 30_000;
  const { firstMs, capMs } = limits[failure.class];
  const patient = Math.min(capMs, firstMs * 2 ** Math.min(attempt, 20));
  const growth = failure.class === 'unsuitable' ? 2 ** Math.min(20, Math.max(0, attempt - patientTries)) : 1;
  const backoffMs = Math.min(longestMs, patient * growth) * (0.875 + random / 4);
  return Math.max(failure.retryAfterMs ?? 0, backoffMs);
}

/**
 * The delay until the next look at a certificate that AWS is still signing. The first look came when it was expected, so
 * the second follows soon; then a quarter of the wait so far, so that the certificate is seen soon after it is there,
 * whether that takes half a second or minutes.
 * @param looks how often it was looked at before, from 1.
 */
export function pollDelayMs(elapsedMs: number, looks: number, random: number): number {
  return Math.min(5_000, Math.max(100, elapsedMs / (looks === 1 ? 8 : 4))) * (0.9 + random / 5);
}
