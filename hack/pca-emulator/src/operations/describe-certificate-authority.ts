// DescribeCertificateAuthority: all that AWS tells of a CA, in every state.
import { hasCertificate, statusOf } from '../authorities/authority.ts';
import { authorityOf, type Call } from './call.ts';

const restorableMs = 30 * 86_400_000;

/**
 * @returns the CertificateAuthority structure; dates in epoch seconds. NotBefore, NotAfter and Serial are absent until a certificate is installed.
 * @throws ApiError InvalidArn, AccessDenied, ResourceNotFound
 */
export function describeCertificateAuthority(input: { readonly CertificateAuthorityArn: string }, call: Call): Record<string, unknown> {
  const authority = authorityOf(call, input.CertificateAuthorityArn);
  const status = statusOf(authority, call.nowMs);
  const { CrlConfiguration, OcspConfiguration } = authority.revocation;
  const lastChangeMs = status === 'EXPIRED' ? Math.max(authority.notAfterMs, authority.lastStateChangeAtMs) : authority.lastStateChangeAtMs;
  return {
    CertificateAuthority: {
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
    },
  };
}

function colonHex(serial: string): string {
  return (serial.match(/../g) ?? []).join(':');
}
