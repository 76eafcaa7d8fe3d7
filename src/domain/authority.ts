// The private CA that an issuer names: its ARN taken apart, and what AWS says of it.
import type { Tier } from './chain-constraints.ts';

export interface AuthorityArn {
  readonly arn: string;
  readonly partition: string;
  readonly region: string;
  /** Twelve digits: the account that owns the CA. */
  readonly account: string;
  readonly id: string;
}

const shape =
  /^arn:(aws|aws-cn|aws-us-gov|aws-iso|aws-iso-[a-z]|aws-eusc):acm-pca:([a-z]{2,}(?:-[a-z0-9]+)+):(\d{12}):certificate-authority\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** @returns undefined where `arn` is not the ARN of a private CA. */
export function readAuthorityArn(arn: string): AuthorityArn | undefined {
  const [, partition, region, account, id] = shape.exec(arn) ?? [];
  if (partition === undefined || region === undefined || account === undefined || id === undefined) return undefined;
  return { arn, partition, region, account, id };
}

/**
 * Is this the ARN of a certificate of that CA? An annotation may hold anything (docs/architecture.md, invariant 12).
 */
export function isCertificateOf(authorityArn: string, certificateArn: string): boolean {
  return (
    certificateArn.length <= 200 &&
    certificateArn.startsWith(`${authorityArn}/certificate/`) &&
    /^[0-9a-f]{1,64}$/.test(certificateArn.slice(authorityArn.length + '/certificate/'.length))
  );
}

/** What DescribeCertificateAuthority and GetCertificateAuthorityCertificate told; what could not be read is undefined. */
export interface AuthorityFacts {
  readonly arn: string;
  readonly type: string | undefined;
  /** ACTIVE, DISABLED, EXPIRED, …; undefined where Describe was denied. */
  readonly status: string | undefined;
  readonly usageMode: string | undefined;
  readonly keyAlgorithm: string | undefined;
  /** Always known: without it nothing can be signed. */
  readonly signingAlgorithm: string;
  readonly serial: string | undefined;
  readonly notAfter: Date | undefined;
  /** How many CA certificates may stand below this CA; undefined where nobody above sets a limit or its chain could not be read. */
  readonly pathLength: number | undefined;
  /** SHA-256 of the self-signed top above this CA, lower-case hex; undefined where its chain could not be read. */
  readonly rootSHA256: string | undefined;
  /** When that top ends. Not in status. */
  readonly rootNotAfter?: Date | undefined;
  /** false: its chain was read and ends in no self-signed certificate and no configured anchor; undefined: not read. */
  readonly hasTrustAnchor: boolean | undefined;
  /** A kind of key in its chain that no mesh can verify; undefined: none, or not read. Not in status. */
  readonly unverifiableKey?: string | undefined;
  /** This CA and those above it; undefined where its chain could not be read. Not in status. */
  readonly tiers?: readonly Tier[] | undefined;
}
