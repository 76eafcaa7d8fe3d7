// Has this account called too often? A token bucket for each account, region and operation, on the virtual clock.
import type { Settings } from '../settings.ts';
import { ApiError } from '../wire/api-error.ts';
import { requestRates } from './request-rates.ts';

export interface QuotaCall {
  readonly account: string;
  readonly region: string;
  readonly operation: string;
}

interface Bucket {
  tokens: number;
  filledAtMs: number;
}

export class RequestQuotas {
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Counts a call; gives ThrottlingException when the bucket is empty, undefined while the quota lasts or none is set. */
  admit(call: QuotaCall, settings: Pick<Settings, 'quotaScale' | 'quotas'>): ApiError | undefined {
    const rate = rateOf(call.operation, settings);
    if (rate === undefined) return undefined;
    const nowMs = this.#now();
    // AWS tells no burst: one second's worth is the guess that its "per second" suggests.
    const capacity = Math.max(1, rate);
    const key = `${call.account}/${call.region}/${call.operation}`;
    const { tokens, filledAtMs } = this.#buckets.get(key) ?? { tokens: capacity, filledAtMs: nowMs };
    const filled = Math.min(capacity, tokens + (Math.max(0, nowMs - filledAtMs) * rate) / 1000);
    const isAdmitted = filled >= 1;
    this.#buckets.set(key, { tokens: isAdmitted ? filled - 1 : filled, filledAtMs: nowMs });
    return isAdmitted ? undefined : new ApiError('ThrottlingException', 'Rate exceeded');
  }
}

/** Calls a second: the operation's own setting, else AWS's rate by the scale; undefined: as many as come. */
function rateOf(operation: string, { quotaScale, quotas }: Pick<Settings, 'quotaScale' | 'quotas'>): number | undefined {
  const own = quotas[operation];
  if (own !== undefined) return own;
  const rate = requestRates[operation];
  return quotaScale === null || rate === undefined ? undefined : rate * quotaScale;
}
