// A role, and whom it trusts.
import { matchesGlob } from '../access/glob.ts';
import type { RolePermission } from '../access/permissions.ts';

/** Trust in a service account: tokens of this issuer, for this audience, with this subject. */
export interface WebIdentityTrust {
  /** The issuer of an OIDC provider, with or without `https://`. */
  readonly provider: string;
  /** `sts.amazonaws.com` unless told. */
  readonly audience?: string;
  /** `system:serviceaccount:<namespace>:<name>`, exact or with `*`; everything unless told. */
  readonly subject?: string;
}

/** Trust in a user or another role. */
export interface PrincipalTrust {
  /** Glob over the ARN of a user, a role or a session. */
  readonly principal: string;
  readonly externalId?: string;
}

export interface Role {
  readonly arn: string;
  readonly trust: readonly (WebIdentityTrust | PrincipalTrust)[];
  /** What the role allows; undefined: everything in its own account. */
  readonly permissions?: readonly RolePermission[];
  /** The longest session, in seconds; 3600 unless told, as in AWS. */
  readonly maxSessionSeconds?: number;
}

export const defaultAudience = 'sts.amazonaws.com';

export function trustsToken(role: Role, claims: { readonly issuer: string; readonly audiences: readonly string[]; readonly subject: string }): boolean {
  return role.trust.some(
    (trust) =>
      'provider' in trust &&
      bareIssuer(trust.provider) === bareIssuer(claims.issuer) &&
      claims.audiences.includes(trust.audience ?? defaultAudience) &&
      matchesGlob(trust.subject ?? '*', claims.subject),
  );
}

export function trustsCaller(role: Role, caller: { readonly arn: string; readonly roleArn: string | undefined }, externalId: string | undefined): boolean {
  return role.trust.some(
    (trust) =>
      'principal' in trust &&
      [caller.arn, caller.roleArn ?? caller.arn].some((arn) => matchesGlob(trust.principal, arn)) &&
      (trust.externalId === undefined || trust.externalId === externalId),
  );
}

/** The audiences that roles expect from a provider: tokens for others are refused before any trust is read. */
export function audiencesOf(roles: readonly Role[], issuer: string): string[] {
  const trusts = roles.flatMap(({ trust }) => trust).filter((trust) => 'provider' in trust);
  return trusts.filter(({ provider }) => bareIssuer(provider) === bareIssuer(issuer)).map(({ audience }) => audience ?? defaultAudience);
}

/** An issuer as IAM writes it: without the scheme and a slash at the end. */
export function bareIssuer(issuer: string): string {
  return issuer.replace(/^https?:\/\//, '').replace(/\/$/, '');
}
