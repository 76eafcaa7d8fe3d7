// The API's CertificateAuthority structure, as Describe and List give it.
import { hasCertificate, statusOf, type Authority } from '../authorities/authority.ts';
import { colonHex } from '../certificates/serial.ts';

const restorableMs = 30 * 86_400_000;

/** Dates in epoch seconds. NotBefore, NotAfter and Serial are absent until a certificate is installed. */
export function certificateAuthorityStructure(authority: Authority, nowMs: number): Record<string, unknown> {
  const status = statusOf(authority, nowMs);
  const { CrlConfiguration, OcspConfiguration } = authority.revocation;
  const lastChangeMs = status === 'EXPIRED' ? Math.max(authority.notAfterMs, authority.lastStateChangeAtMs) : authority.lastStateChangeAtMs;
  return {
    Arn: authority.arn,
    OwnerAccount: authority.account,
    CreatedAt: authority.createdAtMs / 1000,
    LastStateChangeAt: lastChangeMs / 1000,
    Type: authority.type,
    ...(hasCertificate(authority)
      ? {
          Serial: colonHex(authority.serial),
          NotBefore: authority.notBeforeMs / 1000,
          NotAfter: authority.notAfterMs / 1000,
        }
      : {}),
    Status: status,
    ...(status === 'FAILED' ? { FailureReason: 'OTHER' } : {}),
    ...(status === 'DELETED' ? { RestorableUntil: (authority.lastStateChangeAtMs + restorableMs) / 1000 } : {}),
    CertificateAuthorityConfiguration: {
      KeyAlgorithm: authority.keyAlgorithm,
      SigningAlgorithm: authority.signingAlgorithm,
      Subject: authority.subject,
    },
    RevocationConfiguration: {
      CrlConfiguration: CrlConfiguration ?? { Enabled: false },
      OcspConfiguration: OcspConfiguration ?? { Enabled: false },
    },
    KeyStorageSecurityStandard: 'FIPS_140_2_LEVEL_3_OR_HIGHER',
    UsageMode: authority.usageMode,
  };
}
