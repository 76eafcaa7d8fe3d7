// What may another account do with a shared CA? Resource shares as AWS RAM has them: managed permissions, and those that customers write.
import { templateNameOf } from '../arn.ts';
import { matchesGlob } from './glob.ts';

const readOperations = ['DescribeCertificateAuthority', 'GetCertificate', 'GetCertificateAuthorityCertificate', 'ListPermissions', 'ListTags'] as const;
/** Each permission reads, and issues from its own templates only. The default one does not revoke. */
const managed = {
  AWSRAMDefaultPermissionCertificateAuthority: issuing('EndEntityCertificate', 'EndEntityClientAuthCertificate', 'EndEntityServerAuthCertificate'),
  AWSRAMSubordinateCACertificatePathLen0IssuanceCertificateAuthority: issuing('SubordinateCACertificate_PathLen0'),
  AWSRAMBlankEndEntityCertificateAPIPassthroughIssuanceCertificateAuthority: issuing('BlankEndEntityCertificate_APIPassthrough'),
  AWSRAMBlankEndEntityCertificateAPICSRPassthroughIssuanceCertificateAuthority: issuing('BlankEndEntityCertificate_APICSRPassthrough'),
  AWSRAMRevokeCertificateCertificateAuthority: { operations: [...readOperations, 'RevokeCertificate'], templates: [] },
} as const;

export type ManagedPermission = keyof typeof managed;

/** A customer-managed permission. */
export interface CustomerManagedPermission {
  /** Globs over the operations' names. */
  readonly operations: readonly string[];
  /** Globs over the templates' ARNs (condition key acm-pca:TemplateArn); all of them unless told. */
  readonly templates?: readonly string[];
}

export interface Share {
  readonly id: string;
  /** ARN of the CA. */
  readonly ca: string;
  /** The account that it is shared with. */
  readonly account: string;
  readonly permissions: readonly (ManagedPermission | CustomerManagedPermission)[];
}

export const managedPermissions = Object.keys(managed) as readonly ManagedPermission[];

/** The shares of a CA with an account. */
export function sharesWith(shares: readonly Share[], { ca, account }: { readonly ca: string; readonly account: string }): readonly Share[] {
  return shares.filter((share) => share.ca === ca && share.account === account);
}

/** @param template  the template's ARN, for operations that take one */
export function shareAllows({ permissions }: Share, operation: string, template: string | undefined): boolean {
  return permissions.some((permission) =>
    typeof permission === 'string' ? managedAllows(managed[permission], operation, template) : customerManagedAllows(permission, operation, template),
  );
}

function managedAllows({ operations, templates }: (typeof managed)[ManagedPermission], operation: string, template: string | undefined): boolean {
  if (!operations.some((one) => one === operation)) return false;
  if (template === undefined) return true;
  const name = templateNameOf(template)?.name;
  return templates.some((one) => one === name);
}

function customerManagedAllows({ operations, templates = ['*'] }: CustomerManagedPermission, operation: string, template: string | undefined): boolean {
  if (!operations.some((pattern) => matchesGlob(pattern, operation))) return false;
  return template === undefined || templates.some((pattern) => matchesGlob(pattern, template));
}

function issuing(...templates: readonly string[]) {
  return { operations: [...readOperations, 'IssueCertificate'], templates };
}
