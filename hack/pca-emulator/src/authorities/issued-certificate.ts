// A certificate that IssueCertificate promised, signed or still being signed.

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
}
