// A certificate that IssueCertificate promised, signed or still being signed.

export const revocationReasons = [
  'UNSPECIFIED', 'KEY_COMPROMISE', 'CERTIFICATE_AUTHORITY_COMPROMISE', 'AFFILIATION_CHANGED', 'SUPERSEDED', 'CESSATION_OF_OPERATION',
  'PRIVILEGE_WITHDRAWN', 'A_A_COMPROMISE',
] as const;
export type RevocationReason = (typeof revocationReasons)[number];

export interface IssuedCertificate {
  readonly arn: string;
  readonly authorityArn: string;
  /** PEM without a newline at the end. */
  readonly certificate: string;
  /** Until then GetCertificate says RequestInProgressException; milliseconds of the virtual clock. */
  readonly visibleAtMs: number;
  /** Signed by the CA for itself: GetCertificate gives no chain. */
  readonly isSelfSigned: boolean;
  /** Issuance failed after the ARN was given: GetCertificate says RequestFailedException. */
  readonly hasFailed: boolean;
  readonly issuedAtMs: number;
  readonly template: string;
  readonly account: string;
  /** Absent until it is revoked; the time is the virtual clock's, in milliseconds. */
  readonly revocation?: { readonly atMs: number; readonly reason: RevocationReason };
}
