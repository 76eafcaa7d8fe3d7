// What should people know of an issuer, whether it is Ready or not? Conditions beside Ready; they warn, and stop nothing.
import type { AuthorityFacts } from './authority.ts';
import { describeDuration } from './duration.ts';
import type { Failure } from './failure.ts';
import { date, integer, list, record, text } from './json.ts';
import type { WaitReason } from './outcome.ts';

/** Every type that we write; a condition of another type is somebody else's, and stays as it is. */
export const warningTypes = ['CARequestsUnrestricted', 'Recheck', 'ExpiresSoon', 'RequestsWaiting'] as const;

export type WarningType = (typeof warningTypes)[number];

/** Beside them a warning may carry the reason for which requests wait. */
export const warningReasons = ['AnyNamespace', 'AnyServedNamespace', 'Unreachable', 'CertificateAuthorityExpiring', 'Refused'] as const;

export type WarningReason = (typeof warningReasons)[number] | WaitReason;

/** Holds as long as the last check found it; a message that changes by itself is written each time, so let it change seldom. */
export interface IssuerWarning {
  readonly type: WarningType;
  readonly status: 'True' | 'False' | 'Unknown';
  /** A CamelCase word that an operator can look up; the reason of the Event too. */
  readonly reason: WarningReason;
  readonly message: string;
}

/** A warning as it stands in an issuer's status. */
export interface WrittenWarning {
  readonly type: WarningType;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration: number | undefined;
  readonly lastTransitionTime: Date | undefined;
}

/** @param conditions of an issuer's status, as JSON. */
export function readWarnings(conditions: unknown): readonly WrittenWarning[] {
  return list(conditions)
    .map(record)
    .flatMap((each) => {
      const type = warningTypes.find((one) => one === each['type']);
      if (type === undefined) return [];
      return [
        {
          type,
          status: text(each['status']),
          reason: text(each['reason']),
          message: text(each['message']),
          observedGeneration: integer(each['observedGeneration']),
          lastTransitionTime: date(each['lastTransitionTime']),
        },
      ];
    });
}

/** Does the status already say just these, in whichever order, of this generation? */
export function alreadyWarns(written: readonly WrittenWarning[], warnings: readonly IssuerWarning[], generation: number): boolean {
  return (
    written.length === warnings.length &&
    warnings.every(({ type, status, reason, message }) =>
      written.some(
        (each) => each.type === type && each.status === status && each.reason === reason && each.message === message && each.observedGeneration === generation,
      ),
    )
  );
}

/** Those that did not hold before: only they are worth an Event. Other words for the same trouble are none. */
export function newWarnings(written: readonly WrittenWarning[], warnings: readonly IssuerWarning[]): readonly IssuerWarning[] {
  return warnings.filter(({ type, status }) => !written.some((each) => each.type === type && each.status === status));
}

/** A Ready issuer could not be checked again. */
export function recheckFails({ operation, code, message }: Failure): IssuerWarning {
  return { type: 'Recheck', status: 'False', reason: 'Unreachable', message: `the issuer could not be checked again: ${operation}: ${code}: ${message}. What the last check found still counts: it stays Ready and signs` };
}

/** @param longestMs the longest certificate that was asked for, or would be without a duration. */
export function expiresSoon({ arn, notAfter }: AuthorityFacts, longestMs: number, now: Date): IssuerWarning | undefined {
  if (notAfter === undefined || notAfter.getTime() >= now.getTime() + longestMs) return undefined;
  const sinceMs = notAfter.getTime() - longestMs;
  return {
    type: 'ExpiresSoon',
    status: 'True',
    reason: 'CertificateAuthorityExpiring',
    message: `the certificate of the CA ${arn} ends on ${notAfter.toISOString()}; no certificate may end later, so requests for ${describeDuration(longestMs)}, the longest duration here, wait since ${new Date(sinceMs).toISOString()}. Renew the CA's certificate, ask for less, or name another CA in spec.arn`,
  };
}

/** @param complaints of requests that only an edit of the issuer, its CA or its permissions lets pass. */
export function requestsWaiting(complaints: readonly { readonly reason: WarningReason; readonly message: string }[]): IssuerWarning | undefined {
  const [first, ...others] = complaints;
  if (first === undefined) return undefined;
  const also = others.length === 0 ? '' : `. Others wait for: ${others.map(({ reason }) => reason).join(', ')}`;
  return { type: 'RequestsWaiting', status: 'True', reason: first.reason, message: `requests wait for this issuer: ${first.message}${also}` };
}
