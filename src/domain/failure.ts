// What went wrong outside, in the few words that policy reads. Adapters translate into it (aws/errors.ts, kube/errors.ts).

/**
 * - throttled: the other side asks for less; nothing was done.
 * - transient: it failed and nothing was done; later it may work.
 * - ambiguous: nobody knows whether it was done (docs/architecture.md, invariant 3).
 * - unauthorised: credentials or permissions are missing.
 * - misconfigured: an edit of the issuer or of the CA cures it.
 * - unsuitable: AWS refuses just these arguments; an edit of the issuer or of the CA, or clocks that agree again, may cure it.
 * - rejected: this very request can never pass.
 * - conflict: somebody else wrote first, or the object is gone; read it again.
 * - bug: our own fault.
 */
export type FailureClass =
  | 'throttled'
  | 'transient'
  | 'ambiguous'
  | 'unauthorised'
  | 'misconfigured'
  | 'unsuitable'
  | 'rejected'
  | 'conflict'
  | 'bug';

export interface Failure {
  readonly class: FailureClass;
  /** The other side's name for it (`ThrottlingException`, `ECONNRESET`, `409 Conflict`), stable between attempts. */
  readonly code: string;
  /** The other side's own words, without request ids or other parts that change between attempts. */
  readonly message: string;
  /** What was attempted: `IssueCertificate`, `PATCH certificaterequests/status`. */
  readonly operation: string;
  /** The other side's wish, where it gave one. */
  readonly retryAfterMs?: number;
  /** How AWS's support finds the call again; for the log alone, since it changes between attempts. */
  readonly awsRequestId?: string;
}

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: Failure };

export function succeed<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function fail(failure: Failure): { readonly ok: false; readonly failure: Failure } {
  return { ok: false, failure };
}
