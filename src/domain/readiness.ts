// Why is an issuer not Ready? Reasons are words that an operator can look up; messages say what to do (as in aws-privateca-issuer v1.12.0).
import { isDenial, wayOutOfDenial } from './access-denied.ts';
import type { AuthorityArn, AuthorityFacts } from './authority.ts';
import type { Failure } from './failure.ts';

/** The reasons of Ready; each has an entry in docs/troubleshooting.md. */
export const issuerReasons = [
  'Verified',
  'Validation',
  'Error',
  'NotSupported',
  'StaleCRD',
  'AccessDenied',
  'CertificateAuthorityNotFound',
  'CertificateAuthorityDisabled',
  'CertificateAuthorityExpired',
  'CertificateAuthorityDeleted',
  'CertificateAuthorityNotActive',
  'Unreachable',
] as const;

export type IssuerReason = (typeof issuerReasons)[number];

export interface Trouble {
  readonly kind: 'not-ready';
  readonly reason: IssuerReason;
  readonly message: string;
}

const statusTroubles: Readonly<Record<string, readonly [reason: IssuerReason, wayOut: string]>> = {
  DISABLED: ['CertificateAuthorityDisabled', 'enable it with `aws acm-pca update-certificate-authority --status ACTIVE`'],
  EXPIRED: ['CertificateAuthorityExpired', 'import a renewed CA certificate'],
  DELETED: ['CertificateAuthorityDeleted', 'restore it, or name another CA in spec.arn'],
  PENDING_CERTIFICATE: ['CertificateAuthorityNotActive', 'import its CA certificate'],
  CREATING: ['CertificateAuthorityNotActive', 'it becomes ready by itself'],
  FAILED: ['CertificateAuthorityNotActive', 'name another CA in spec.arn'],
};

export const readinessOf = {
  /** @returns undefined where the CA can sign. A status that nobody could read is no trouble. */
  authority(facts: AuthorityFacts): Trouble | undefined {
    if (facts.status === undefined || facts.status === 'ACTIVE') return undefined;
    const [reason, wayOut] = statusTroubles[facts.status] ?? ['CertificateAuthorityNotActive', 'make it ACTIVE'];
    return { kind: 'not-ready', reason, message: `the CA ${facts.arn} is ${facts.status} and signs nothing; ${wayOut}` };
  },

  /** A failure to learn anything of the CA. */
  failure(failure: Failure, authority: AuthorityArn): Trouble {
    const { operation } = failure;
    const words = `${operation} on ${authority.arn}: ${failure.code}: ${failure.message}`;
    if (isDenial(failure.code)) {
      const wayOut = wayOutOfDenial({ operation, authority, template: undefined, message: failure.message });
      const message = `${words}; ${wayOut}. The issuer needs acm-pca:DescribeCertificateAuthority, acm-pca:IssueCertificate and acm-pca:GetCertificate`;
      return { kind: 'not-ready', reason: 'AccessDenied', message };
    }
    if (failure.code === 'ResourceNotFoundException') {
      const message = `${words}; correct spec.arn, or share the CA with this account (AWS RAM)`;
      return { kind: 'not-ready', reason: 'CertificateAuthorityNotFound', message };
    }
    if (failure.class === 'unauthorised') return { kind: 'not-ready', reason: 'Error', message: failure.message };
    return { kind: 'not-ready', reason: failure.class === 'misconfigured' || failure.class === 'unsuitable' ? 'Error' : 'Unreachable', message: words };
  },
};
