// How many calls a second does AWS allow? Per operation, for each account and region (AWS General Reference, quotas of AWS Private CA).

const rates: Readonly<Record<number, readonly string[]>> = {
  25: ['IssueCertificate'],
  75: ['GetCertificate'],
  20: [
    'DescribeCertificateAuthority', 'GetCertificateAuthorityCertificate', 'ListCertificateAuthorities', 'ListTags', 'RevokeCertificate',
    'DescribeCertificateAuthorityAuditReport',
  ],
  1: ['CreateCertificateAuthorityAuditReport'],
};

/** Calls a second by operation. */
export const requestRates: Readonly<Record<string, number>> = Object.fromEntries(
  Object.entries(rates).flatMap(([rate, operations]) => operations.map((operation) => [operation, Number(rate)] as const)),
);
