// What one look at a request led to. Every case is handled in controller/publish-outcome.ts.
import type { Failure } from './failure.ts';

/** Why calls are not tried now; the label of the metric. */
export type ParkCause = 'credentials' | 'permission' | 'authority' | 'network';

export type Outcome =
  /** Not ours, not yet ours, or finished: nothing is written. */
  | { readonly kind: 'ignored'; readonly why: string }
  /** All is well and another look is due soon: nothing is written. */
  | { readonly kind: 'polling'; readonly afterMs: number }
  /** It waits for its turn to call AWS, and is woken: nothing is written. */
  | { readonly kind: 'queued' }
  /** Calls like the one that it needs fail, for others too; it is woken when it may go on, or is the one to try. */
  | { readonly kind: 'parked'; readonly message: string; readonly cause: ParkCause; readonly awsRequestId?: string | undefined }
  /** Something outside the request must change first: Pending, with the sentence that says what. */
  | { readonly kind: 'waiting'; readonly reason: WaitReason; readonly message: string; readonly afterMs: number }
  /** The certificate is proven. `ca` is empty only for a leaf whose root nobody knows. */
  | { readonly kind: 'issued'; readonly certificate: string; readonly ca: string; readonly notes: readonly string[] }
  /** The request itself can never pass. */
  | { readonly kind: 'failed'; readonly reason: FailReason; readonly message: string; readonly awsRequestId?: string | undefined }
  | { readonly kind: 'denied' }
  /** A call failed; it is repeated when `afterMs` have passed. */
  | { readonly kind: 'retry'; readonly failure: Failure; readonly message: string; readonly afterMs: number };

/** Why a request waits; the reason of its Event and the label of its metric (its condition always says Pending). */
export const waitReasons = [
  'IssuerNotFound',
  'IssuerNotReady',
  'NamespaceNotAllowed',
  'CANotAllowed',
  'TemplateMismatch',
  'ApprovalInTheFuture',
  'BeyondCertificateAuthority',
  'PathLengthExhausted',
  'NoTrustAnchor',
  'UnsupportedByMesh',
  'ForbiddenByChain',
  'CertificateRefused',
  'SlowSigning',
  'CertificateLimit',
  'RenewalLoop',
] as const;

export type WaitReason = (typeof waitReasons)[number];

export const failReasons = [
  'InvalidCSR',
  'UnsupportedKey',
  'UnsupportedExtension',
  'ContradictoryRequest',
  'DurationTooLong',
  'RejectedByAWS',
  'CertificateUnproven',
] as const;

export type FailReason = (typeof failReasons)[number];

/** For switches over closed unions: a case that nobody handles does not compile. */
export function assertNever(value: never): never {
  throw new Error(`unhandled case ${JSON.stringify(value)}`);
}
