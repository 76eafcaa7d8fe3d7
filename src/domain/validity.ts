// From which instant do a certificate's dates count? The same answer on every attempt, or its token would differ (invariant 4).

/** Annotations carry the uid, so that one copied from a Certificate or from a namesake says nothing. */
export function writeForRequest(uid: string, value: string): string {
  return `${uid}/${value}`;
}

/** @returns the value, or undefined where the annotation was written for another request. */
export function readForRequest(uid: string, annotation: string | undefined): string | undefined {
  return annotation?.startsWith(`${uid}/`) === true ? annotation.slice(uid.length + 1) : undefined;
}

export interface BaseQuestion {
  readonly uid: string;
  /** When the request was allowed (domain/gate.ts). */
  readonly since: Date;
  /** The annotation as it stands, whoever wrote it. */
  readonly stored: string | undefined;
  readonly durationMs: number;
  readonly nowMs: number;
  /** An attempt from the standing base may have been carried out by AWS, nobody knows. */
  readonly hasAmbiguousAttempt: boolean;
  /** No certificate of the standing base is to be had: AWS refused it to this process, or has forgotten it. */
  readonly hasCleanRefusal: boolean;
  /** How long this process has known the request; attempts before that may have been another process's. */
  readonly knownForMs: number;
}

export type Base =
  | { readonly kind: 'use'; readonly base: Date }
  /** To be written to the request before it is used. */
  | { readonly kind: 'store'; readonly base: Date }
  /** Our clock is behind; soon it will have caught up. */
  | { readonly kind: 'wait'; readonly afterMs: number }
  | { readonly kind: 'too-far'; readonly base: Date; readonly aheadMs: number };

const toleratedAheadMs = 5 * 60_000;
const shortRequestMs = 30 * 60_000;
const shortestStandMs = 6 * 60_000;
/** So long AWS remembers the token of an attempt. */
const tokenMemoryMs = 5 * 60_000;

/** The base that stands: the stored one where it is ours, not older than the derived one, and not from a time to come. */
export function standingBase(question: Pick<BaseQuestion, 'uid' | 'since' | 'stored' | 'nowMs'>): Date {
  return storedBase(question) ?? question.since;
}

function storedBase({ uid, since, stored, nowMs }: Pick<BaseQuestion, 'uid' | 'since' | 'stored' | 'nowMs'>): Date | undefined {
  const value = new Date(readForRequest(uid, stored) ?? Number.NaN);
  return value.getTime() >= since.getTime() && value.getTime() <= nowMs + toleratedAheadMs ? value : undefined;
}

/**
 * The base of the next attempt. It moves only when more than max(duration/10, 6 min) has passed and no certificate
 * from the standing one can exist. After a restart nobody knows; then it moves only when half the duration is lost.
 */
export function nextBase(question: BaseQuestion): Base {
  const { nowMs, durationMs } = question;
  const base = standingBase(question);
  const ageMs = nowMs - base.getTime();
  if (ageMs < -toleratedAheadMs) return { kind: 'too-far', base, aheadMs: -ageMs };
  if (ageMs < 0) return { kind: 'wait', afterMs: -ageMs };
  const now = new Date(Math.floor(nowMs / 1_000) * 1_000);
  const isStored = storedBase(question) !== undefined;
  if (durationMs < shortRequestMs && !isStored) return { kind: 'store', base: now };
  const isStale = ageMs > Math.max(durationMs / 10, shortestStandMs);
  const isRefused = question.hasCleanRefusal && question.knownForMs > tokenMemoryMs;
  const isSafe = !question.hasAmbiguousAttempt && (isRefused || ageMs > durationMs / 2);
  return isStale && isSafe ? { kind: 'store', base: now } : { kind: 'use', base };
}
