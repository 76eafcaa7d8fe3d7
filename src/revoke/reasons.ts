// Why may a certificate be revoked? AWS's words (RevokeCertificate), after RFC 5280 5.3.1.

export const reasons = [
  'UNSPECIFIED',
  'KEY_COMPROMISE',
  'CERTIFICATE_AUTHORITY_COMPROMISE',
  'AFFILIATION_CHANGED',
  'SUPERSEDED',
  'CESSATION_OF_OPERATION',
  'PRIVILEGE_WITHDRAWN',
  'A_A_COMPROMISE',
] as const;

export type Reason = (typeof reasons)[number];

/** Takes `key-compromise` as well as `KEY_COMPROMISE`. */
export function readReason(text: string): Reason | undefined {
  const wanted = text.toUpperCase().replaceAll('-', '_');
  return reasons.find((reason) => reason === wanted);
}
