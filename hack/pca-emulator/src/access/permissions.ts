// May this caller do that? A small table in the manner of IAM: an explicit deny wins, then an allow, then what a role or a share says.
import type { Settings } from '../settings.ts';
import { ApiError } from '../wire/api-error.ts';
import type { Caller } from './credentials.ts';
import { matchesGlob, matchesGlobs } from './glob.ts';
import { shareAllows, sharesWith, type Share } from './shares.ts';

/** A rule of the admin API. An absent pattern matches everything. */
export interface PermissionRule {
  readonly id: string;
  readonly effect: 'allow' | 'deny';
  /** Glob over the user's ARN, the role's ARN or the session's ARN. */
  readonly principal?: string;
  /** Glob over the operation's name, without the service: `IssueCertificate`. */
  readonly operation?: string;
  /** Glob over the CA's ARN. */
  readonly ca?: string;
  /** Glob over the template's ARN; a request that names none counts as EndEntityCertificate/V1. */
  readonly template?: string;
  /** Session tags that the caller must have (aws:PrincipalTag), each with a glob over its value. */
  readonly principalTags?: Readonly<Record<string, string>>;
}

/** What a role allows, when it does not allow everything within its account. */
export type RolePermission = Pick<PermissionRule, 'operation' | 'ca' | 'template' | 'principalTags'>;

export interface Access {
  readonly operation: string;
  readonly ca: string;
  readonly caAccount: string;
  /** ARN of the template, for operations that take one. */
  readonly template: string | undefined;
}

/** What has been said about who may do what. */
export interface Policies {
  readonly rules: readonly PermissionRule[];
  /** The list of the caller's role, undefined when it has none. */
  readonly rolePermissions: readonly RolePermission[] | undefined;
  readonly shares: readonly Share[];
}

/** Which kind of policy decided, in the words of AWS. */
export type Verdict = 'allowed' | 'explicit deny' | 'no identity-based policy' | 'no resource-based policy';

/**
 * Lets a call pass or refuses it.
 * @throws ApiError AccessDeniedException with AWS's sentence
 */
export function authorise(caller: Caller, access: Access, policies: Policies, settings: Settings): void {
  const verdict = judge(caller, access, policies);
  if (verdict === 'allowed') return;
  if (verdict === 'explicit deny') throw denied(caller, access, settings, 'with an explicit deny in an identity-based policy');
  throw denied(caller, access, settings, `because ${verdict} allows the acm-pca:${access.operation} action`);
}

/** In another account both must allow it: the caller's identity and a share of the CA. An explicit allow stands for both. */
export function judge(caller: Caller, access: Access, { rules, rolePermissions, shares }: Policies): Verdict {
  const relevant = rules.filter((rule) => isBy(rule, caller) && covers(rule, access, caller));
  if (relevant.some((rule) => rule.effect === 'deny')) return 'explicit deny';
  if (relevant.some((rule) => rule.effect === 'allow')) return 'allowed';
  if (rolePermissions?.some((row) => covers(row, access, caller)) === false) return 'no identity-based policy';
  if (caller.account === access.caAccount) return 'allowed';
  const shared = sharesWith(shares, { ca: access.ca, account: caller.account });
  if (shared.some((share) => shareAllows(share, access.operation, access.template))) return 'allowed';
  // A user may do everything in his own account and with what is shared with it: where nothing is, it is he who lacks a policy.
  return caller.roleArn === undefined && shared.length === 0 ? 'no identity-based policy' : 'no resource-based policy';
}

/** AWS's sentence for a refused call. */
export function denied(caller: { readonly arn: string }, access: Pick<Access, 'operation' | 'ca'>, settings: Settings, why: string): ApiError {
  const sentence = `User: ${caller.arn} is not authorized to perform: acm-pca:${access.operation} on resource: ${access.ca} ${why}`;
  return new ApiError('AccessDeniedException', sentence, settings.accessDeniedStatus);
}

function isBy({ principal }: PermissionRule, caller: Caller): boolean {
  if (principal === undefined) return true;
  return matchesGlob(principal, caller.arn) || (caller.roleArn !== undefined && matchesGlob(principal, caller.roleArn));
}

function covers({ operation, ca, template, principalTags = {} }: RolePermission, access: Access, caller: Caller): boolean {
  if (!matchesGlobs(principalTags, caller.tags ?? {})) return false;
  if (operation !== undefined && !matchesGlob(operation, access.operation)) return false;
  if (ca !== undefined && !matchesGlob(ca, access.ca)) return false;
  return template === undefined || (access.template !== undefined && matchesGlob(template, access.template));
}
