// A certificate authority: what is remembered of it, and which state it is in at a given time.
import { ApiError } from '../wire/api-error.ts';
import type { Subject } from '../certificates/distinguished-name.ts';
import type { KeyAlgorithm } from '../certificates/key-algorithm.ts';

export const authorityStatuses = ['CREATING', 'PENDING_CERTIFICATE', 'ACTIVE', 'DISABLED', 'EXPIRED', 'FAILED', 'DELETED'] as const;
export type AuthorityStatus = (typeof authorityStatuses)[number];

export const usageModes = ['GENERAL_PURPOSE', 'SHORT_LIVED_CERTIFICATE'] as const;
export type UsageMode = (typeof usageModes)[number];

/** How GetCertificate writes a chain: as AWS does, or bent, to try a reader's patience. */
export const chainFormats = ['aws', 'trailing-newline', 'crlf', 'without-root'] as const;
export type ChainFormat = (typeof chainFormats)[number];

/** The part of the API's RevocationConfiguration that shows in certificates and revocation lists. */
export interface RevocationConfiguration {
  readonly CrlConfiguration?: {
    readonly Enabled: boolean;
    /** How long a list is good for; 7 unless told. */
    readonly ExpirationInDays?: number;
    readonly CustomCname?: string;
    readonly S3BucketName?: string;
    readonly CrlDistributionPointExtensionConfiguration?: { readonly OmitExtension: boolean };
  };
  readonly OcspConfiguration?: { readonly Enabled: boolean; readonly OcspCustomCname?: string };
}

export interface Tag {
  readonly Key: string;
  readonly Value?: string;
}

export interface Authority {
  readonly arn: string;
  readonly hierarchy: string;
  readonly tier: string;
  readonly account: string;
  readonly region: string;
  readonly type: 'ROOT' | 'SUBORDINATE';
  /** As last set; EXPIRED also follows from the clock, see statusOf. */
  readonly status: AuthorityStatus;
  readonly createdAtMs: number;
  readonly lastStateChangeAtMs: number;
  readonly keyAlgorithm: KeyAlgorithm;
  readonly signingAlgorithm: string;
  readonly usageMode: UsageMode;
  readonly subject: Subject;
  /** DER of the subject in the CA certificate, base64. */
  readonly subjectDer: string;
  /** Hex. */
  readonly subjectKeyId: string;
  readonly privateKeyPem: string;
  /** PEM without a newline at the end. */
  readonly certificate: string;
  /** From the issuing CA up to the root; empty for a root. */
  readonly chain: readonly string[];
  /** Hex, 32 digits. */
  readonly serial: string;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** Undefined: the CA certificate sets no path length. */
  readonly pathLength: number | undefined;
  /** Stands for a CA outside AWS: it is in chains, and the API does not know it. */
  readonly isExternal: boolean;
  readonly revocation: RevocationConfiguration;
  /** Overrides the setting of the same name. */
  readonly signingMs: number | undefined;
  /** Overrides the setting certificatesPerAuthority. */
  readonly certificateQuota?: number | undefined;
  readonly chainFormat: ChainFormat;
  readonly tags?: readonly Tag[] | undefined;
}

/** The state at a time of the virtual clock: an ACTIVE or DISABLED CA past its notAfter is EXPIRED. */
export function statusOf(authority: Authority, nowMs: number): AuthorityStatus {
  const canExpire = authority.status === 'ACTIVE' || authority.status === 'DISABLED';
  return canExpire && authority.notAfterMs <= nowMs ? 'EXPIRED' : authority.status;
}

/** Has a CA certificate been installed? Before that Describe shows neither dates nor serial. */
export function hasCertificate(authority: Authority): boolean {
  return authority.status !== 'CREATING' && authority.status !== 'PENDING_CERTIFICATE' && authority.status !== 'FAILED';
}

/** The CA's id: the last part of its ARN. */
export function authorityId(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

/** Where its certificates say that its revocation list is, but for the host. */
export function revocationListPath(arn: string): string {
  return `/crl/${authorityId(arn)}.crl`;
}

export function authorityNotFound(arn: string): ApiError {
  return new ApiError('ResourceNotFoundException', `Could not find Certificate Authority ${arn}.`);
}
