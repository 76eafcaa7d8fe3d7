// A role, and whom it trusts.
import { matchesGlob, matchesGlobs } from '../access/glob.ts';
import type { SessionTags } from '../access/credentials.ts';
import type { RolePermission } from '../access/permissions.ts';

/** Trust in a service account: tokens of this issuer, for this audience, with this subject. */
export interface WebIdentityTrust {
  /** The issuer of an OIDC provider, with or without `https://`. */
  readonly provider: string;
  /** `sts.amazonaws.com` unless told. */
  readonly audience?: string;
  /** `system:serviceaccount:<namespace>:<name>`, exact or with `*`; everything unless told. */
  readonly subject?: string;
  /** Glob over the session's name (sts:RoleSessionName). */
  readonly sessionName?: string;
}

/** Trust in a user, another role or a service. */
export interface PrincipalTrust {
  /** Glob over the ARN of a user, a role or a session; or a service by its name, `pods.eks.amazonaws.com`, `ec2.amazonaws.com`. */
  readonly principal: string;
  readonly externalId?: string;
  /** Glob over the session's name (sts:RoleSessionName). */
  readonly sessionName?: string;
  /** Session tags that must be asked for (aws:RequestTag), each with a glob over its value. */
  readonly requestTags?: Readonly<Record<string, string>>;
  /** false: the statement allows sts:AssumeRole and not sts:TagSession; true unless told. */
  readonly allowsTags?: boolean;
}

export interface Role {
  readonly arn: string;
  readonly trust: readonly (WebIdentityTrust | PrincipalTrust)[];
  /** What the role allows; undefined: everything in its own account. */
  readonly permissions?: readonly RolePermission[];
  /** The longest session, in seconds; 3600 unless told, as in AWS. */
  readonly maxSessionSeconds?: number;
}

const defaultAudience = 'sts.amazonaws.com';

/** Where nothing is said of tags, there are none. */
export interface RoleRequest {
  readonly sessionName: string;
  readonly externalId?: string | undefined;
  /** The tags that are asked for. */
  readonly tags?: SessionTags;
  /** Will the session have tags, asked for or handed on by the caller's session? Then sts:TagSession must be allowed as well. */
  readonly isTagged?: boolean;
}

export type Trust = 'trusted' | 'may not assume' | 'may not tag';

export function trustsToken(role: Role, claims: { readonly issuer: string; readonly audiences: readonly string[]; readonly subject: string }, sessionName: string): boolean {
  return role.trust.some(
    (trust) =>
      'provider' in trust &&
      bareIssuer(trust.provider) === bareIssuer(claims.issuer) &&
      claims.audiences.includes(trust.audience ?? defaultAudience) &&
      matchesGlob(trust.subject ?? '*', claims.subject) &&
      matchesGlob(trust.sessionName ?? '*', sessionName),
  );
}

/** May a user or a role assume this role, and with these tags? */
export function trustsCaller(role: Role, caller: { readonly arn: string; readonly roleArn: string | undefined }, request: RoleRequest): Trust {
  const arns = [caller.arn, caller.roleArn ?? caller.arn];
  return trustIn(role, request, ({ principal }) => arns.some((arn) => matchesGlob(principal, arn)));
}

/** May a service of AWS assume this role? A pattern over ARNs never means a service. */
export function trustsService(role: Role, service: string, request: RoleRequest): Trust {
  return trustIn(role, request, ({ principal }) => principal === service);
}

function trustIn(role: Role, { sessionName, externalId, tags = {}, isTagged = false }: RoleRequest, names: (trust: PrincipalTrust) => boolean): Trust {
  const statements = role.trust.filter((trust) => 'principal' in trust);
  const fitting = statements.filter(
    (trust) =>
      names(trust) &&
      (trust.externalId === undefined || trust.externalId === externalId) &&
      matchesGlob(trust.sessionName ?? '*', sessionName) &&
      matchesGlobs(trust.requestTags ?? {}, tags),
  );
  if (fitting.length === 0) return 'may not assume';
  return !isTagged || fitting.some(({ allowsTags = true }) => allowsTags) ? 'trusted' : 'may not tag';
}

/** The audiences that roles expect from a provider: tokens for others are refused before any trust is read. */
export function audiencesOf(roles: readonly Role[], issuer: string): string[] {
  const trusts = roles.flatMap(({ trust }) => trust).filter((trust) => 'provider' in trust);
  return trusts.filter(({ provider }) => bareIssuer(provider) === bareIssuer(issuer)).map(({ audience }) => audience ?? defaultAudience);
}

/** An issuer as IAM writes it: without the scheme and a slash at the end. */
function bareIssuer(issuer: string): string {
  return issuer.replace(/^https?:\/\//, '').replace(/\/$/, '');
}
