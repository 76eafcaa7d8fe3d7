// May this caller do that? A small table in the manner of IAM: an explicit deny wins, then an allow, then the default.
import type { Settings } from '../settings.ts';
import { ApiError } from '../wire/api-error.ts';
import type { Caller } from './credentials.ts';
import { matchesGlob } from './glob.ts';

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
}

/** What a role allows, when it does not allow everything within its account. */
export interface RolePermission {
  readonly operation?: string;
  readonly ca?: string;
  readonly template?: string;
}

export interface Access {
  readonly operation: string;
  readonly ca: string;
  readonly caAccount: string;
  /** ARN of the template, for operations that take one. */
  readonly template: string | undefined;
}

/**
 * Lets a call pass or refuses it.
 * @param rolePermissions  the caller's role's own list, undefined when it has none
 * @throws ApiError AccessDeniedException with AWS's sentence
 */
export function authorise(
  caller: Caller,
  access: Access,
  rules: readonly PermissionRule[],
  rolePermissions: readonly RolePermission[] | undefined,
  settings: Settings,
): void {
  const relevant = rules.filter((rule) => isBy(rule, caller) && covers(rule, access));
  if (relevant.some((rule) => rule.effect === 'deny')) {
    throw denied(caller, access, settings, 'with an explicit deny in an identity-based policy');
  }
  if (relevant.some((rule) => rule.effect === 'allow')) return;
  if (rolePermissions === undefined ? caller.account === access.caAccount : rolePermissions.some((row) => covers(row, access))) return;
  throw denied(caller, access, settings, `because no identity-based policy allows the acm-pca:${access.operation} action`);
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

function covers({ operation, ca, template }: RolePermission, access: Access): boolean {
  if (operation !== undefined && !matchesGlob(operation, access.operation)) return false;
  if (ca !== undefined && !matchesGlob(ca, access.ca)) return false;
  return template === undefined || (access.template !== undefined && matchesGlob(template, access.template));
}
