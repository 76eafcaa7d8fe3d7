// Is one Certificate issued again and again, and when may its next certificate be ordered?
import { describeDuration } from './duration.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** cert-manager's, on every request of a Certificate; its webhook freezes it. */
export const certificateNameAnnotation = 'cert-manager.io/certificate-name';

/** So many renewals in a day may come too soon: first steps, a key rotated by hand, `cmctl renew`. */
const hastyAtWill = 5;
/** More of them are not told apart. */
const hastyAtMost = 64;

/** What is remembered of one Certificate. An order is hasty that came too soon after the one before (`calmMs`). */
export interface Renewals {
  /** Of the last order. */
  readonly lastMs: number;
  /** The hasty orders of the day before the last one, and that one, oldest first. */
  readonly hastyMs: readonly number[];
}

/**
 * The shortest time between two certificates that is never held against a Certificate: a sixth of the duration, at most a day.
 * cert-manager's own schedule comes after two thirds, and after more than half where the dates are backdated by 15 minutes.
 */
export function calmMs(durationMs: number): number {
  return Math.min(sixthOf(durationMs), dayMs);
}

/** How long an order waits at the very most: the certificate before it has five sixths of its duration left by then. */
export function longestWaitMs(durationMs: number): number {
  return Math.min(sixthOf(durationMs), hourMs);
}

/** Instants are whole milliseconds: a fraction would be rounded now up, now down when one is added. */
function sixthOf(durationMs: number): number {
  return Math.floor(durationMs / 6);
}

/** The Certificate after one more order. Those of `renewals` that are a day old no longer count. */
export function withOrder(renewals: Renewals | undefined, nowMs: number, durationMs: number): Renewals {
  if (renewals === undefined) return { lastMs: nowMs, hastyMs: [] };
  const recent = renewals.hastyMs.filter((each) => nowMs - each < dayMs);
  const isHasty = nowMs - renewals.lastMs < calmMs(durationMs);
  return { lastMs: nowMs, hastyMs: isHasty ? [...recent, nowMs].slice(-hastyAtMost) : recent };
}

/**
 * When the next certificate may be ordered: at once, until five came too soon; then 1, 2, 4, 8 … minutes after the last one, up to the
 * longest wait. It depends on past orders alone, so that whoever waits is told the same instant at every look.
 */
export function nextOrderMs({ lastMs, hastyMs }: Renewals, durationMs: number): number {
  const surplus = hastyMs.length - hastyAtWill;
  return surplus < 0 ? lastMs : lastMs + Math.min(minuteMs * 2 ** surplus, longestWaitMs(durationMs));
}

export interface LoopQuestion {
  readonly namespace: string;
  readonly certificate: string;
  readonly durationMs: number;
  /** spec.notBeforeOffset of the issuer. */
  readonly offsetMs: number;
}

/** What people read while its next certificate waits: how often, since when, until when, why perhaps, and where to look. */
export function describeLoop({ namespace, certificate, durationMs, offsetMs }: LoopQuestion, renewals: Renewals): string {
  const { hastyMs } = renewals;
  const [firstMs = renewals.lastMs] = hastyMs;
  const everyMs = (renewals.lastMs - firstMs) / Math.max(1, hastyMs.length - 1);
  const often = hastyMs.length < hastyAtMost ? `${hastyMs.length} times` : `at least ${hastyAtMost} times`;
  return [
    `Certificate ${namespace}/${certificate} renews again and again: ${often} since ${describeInstant(firstMs)}, about every ${describeDuration(Math.max(1_000, everyMs))};`,
    `its next certificate is ordered at ${describeInstant(nextOrderMs(renewals, durationMs))}.`,
    describeBackdating(durationMs, offsetMs),
    `Usual causes: spec.renewBefore close to the duration (${describeDuration(durationMs)}), another Certificate or controller that writes the same Secret, or one that deletes and makes it again.`,
    `"kubectl describe certificate ${certificate} -n ${namespace}" says in its Events why each one was asked for`,
  ]
    .filter((each) => each !== undefined)
    .join(' ');
}

/**
 * Renewal is reckoned from the whole lifetime, offset included. Istio's agents renew at half of it: at once, where the offset is as
 * long as the duration. cert-manager renews at two thirds: at once, where it is twice as long.
 * @returns a sentence, or undefined where the offset is short enough.
 */
export function describeBackdating(durationMs: number, offsetMs: number): string | undefined {
  if (offsetMs < durationMs) return undefined;
  return `The issuer's spec.notBeforeOffset (${describeDuration(offsetMs)}) is no shorter than the duration (${describeDuration(durationMs)}), so that certificates are due for renewal at once, or soon after: make it shorter.`;
}

/** To the second, as Kubernetes writes it. */
export function describeInstant(epochMs: number): string {
  return `${new Date(Math.ceil(epochMs / 1_000) * 1_000).toISOString().slice(0, 19)}Z`;
}
