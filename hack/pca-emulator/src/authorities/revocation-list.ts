// What a CA has revoked, as the list that AWS puts into the bucket of its CRL configuration.
import { X509Certificate } from 'node:crypto';
import { makeRevocationList } from '../certificates/make-revocation-list.ts';
import type { Store } from '../state/store.ts';
import type { Authority } from './authority.ts';
import type { RevocationReason } from './issued-certificate.ts';
import { issuingAuthority } from './issuing.ts';

const dayMs = 86_400_000;
const hourMs = 3_600_000;

/** RFC 5280, 5.3.1, by the API's names. */
const reasonCodes: Readonly<Record<RevocationReason, number>> = {
  UNSPECIFIED: 0, KEY_COMPROMISE: 1, CERTIFICATE_AUTHORITY_COMPROMISE: 2, AFFILIATION_CHANGED: 3, SUPERSEDED: 4, CESSATION_OF_OPERATION: 5, PRIVILEGE_WITHDRAWN: 9,
  A_A_COMPROMISE: 10,
};

/**
 * The list as it stands at a time of the virtual clock: as AWS dates it, an hour back, and numbered by its time in milliseconds.
 * What has expired by then is left out.
 * @returns DER; undefined where the CA has no list enabled
 */
export function revocationListOf(authority: Authority, store: Store, nowMs: number): Buffer | undefined {
  const { CrlConfiguration: configuration } = authority.revocation;
  if (configuration?.Enabled !== true || authority.isExternal) return undefined;
  const issuing = issuingAuthority(authority);
  const knownUntilMs = nowMs - store.settings().revocationListMs;
  const entries = store.certificates.values().flatMap(({ arn, authorityArn, certificate, revocation }) => {
    if (authorityArn !== authority.arn || revocation === undefined || revocation.atMs > knownUntilMs) return [];
    if (new X509Certificate(certificate).validToDate.getTime() <= nowMs) return [];
    return [{ serial: arn.slice(arn.lastIndexOf('/') + 1), atMs: revocation.atMs, reason: reasonCodes[revocation.reason] }];
  });
  return makeRevocationList({
    issuer: issuing.subject,
    authorityKeyId: issuing.subjectKeyId,
    thisUpdateMs: nowMs - hourMs,
    nextUpdateMs: nowMs + (configuration.ExpirationInDays ?? 7) * dayMs,
    number: nowMs,
    entries,
    signing: authority.signingAlgorithm,
    signingKey: issuing.privateKey,
  });
}
