// AWS Private CA denied a call: what has to be allowed, in whose policy, and where the CA is another account's, by which share?
import type { AuthorityArn } from './authority.ts';

export interface Denial {
  /** AWS's name of it. */
  readonly operation: string;
  readonly authority: AuthorityArn;
  /** Name of the template, `EndEntityCertificate/V1`; undefined where nothing was ordered. */
  readonly template: string | undefined;
  /** AWS's own words, which name the caller. */
  readonly message: string;
}

/** AWS's managed permissions of Resource Access Manager, by what they let another account issue. */
const sharePermissions: Readonly<Record<string, string>> = {
  EndEntityCertificate: 'AWSRAMDefaultPermissionCertificateAuthority',
  EndEntityClientAuthCertificate: 'AWSRAMDefaultPermissionCertificateAuthority',
  EndEntityServerAuthCertificate: 'AWSRAMDefaultPermissionCertificateAuthority',
  SubordinateCACertificate_PathLen0: 'AWSRAMSubordinateCACertificatePathLen0IssuanceCertificateAuthority',
  BlankEndEntityCertificate_APIPassthrough: 'AWSRAMBlankEndEntityCertificateAPIPassthroughIssuanceCertificateAuthority',
  BlankEndEntityCertificate_APICSRPassthrough: 'AWSRAMBlankEndEntityCertificateAPICSRPassthroughIssuanceCertificateAuthority',
};

/** @returns a clause without a full stop that says what to allow and where. */
export function wayOutOfDenial({ operation, authority, template, message }: Denial): string {
  const { arn, account, partition } = authority;
  const ordered = template === undefined ? '' : ` with template arn:${partition}:acm-pca:::template/${template}`;
  const wanted = `acm-pca:${operation} on ${arn}${ordered}`;
  if (/explicit deny/i.test(message)) return `a policy denies it explicitly: take ${wanted} out of that Deny`;
  const caller = /User: arn:[\w-]+:(?:iam|sts)::(\d{12}):/.exec(message)?.[1];
  if (caller === undefined || caller === account) return `allow ${wanted} in the policy of this caller`;
  return `the CA belongs to account ${account}, the caller to ${caller}: share the CA in AWS RAM with ${sharePermission(template)}, and allow ${wanted} in the caller's own policy; or name a role of account ${account} in spec.role`;
}

function sharePermission(template: string | undefined): string {
  if (template === undefined) return 'the permission AWSRAMDefaultPermissionCertificateAuthority';
  const permission = sharePermissions[template.replace(/\/V\d+$/, '')];
  return permission === undefined ? `a customer managed permission that allows this template (no managed one does)` : `the permission ${permission}`;
}

export function isDenial(code: string): boolean {
  return code.startsWith('AccessDenied');
}
