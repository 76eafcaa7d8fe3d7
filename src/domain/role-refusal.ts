// Why does STS refuse a role, and what has to be changed where? STS itself hardly says.
import type { RoleStep, ServiceAccountSource } from './identity.ts';

/** @returns what to add to AWS's words, by the code of the refusal; '' where there is nothing to add. */
export type Explain = (code: string) => string;

export function explainWebIdentity({ namespace, name, audiences, role }: ServiceAccountSource): Explain {
  const subject = `system:serviceaccount:${namespace}:${name}`;
  return (code) => {
    if (code.startsWith('AccessDenied')) {
      return `; the trust policy of ${role.arn} must allow sts:AssumeRoleWithWebIdentity to this cluster's OIDC provider for the subject ${subject} and the audience ${audiences.join(' or ')}`;
    }
    if (code.startsWith('InvalidIdentityToken')) {
      return `; IAM must know this cluster's OIDC provider, with the audience ${audiences.join(' or ')} (spec.serviceAccountRef.audiences)`;
    }
    return '';
  };
}

export function explainAssumeRole({ arn, externalId, tags }: RoleStep): Explain {
  const also = [
    externalId === undefined ? 'without an external id (spec.roleOptions.externalId sets one)' : 'with the external id that the issuer names',
    Object.keys(tags).length === 0 ? undefined : `and sts:TagSession for the tags ${Object.keys(tags).join(', ')}`,
  ].filter((part) => part !== undefined);
  return (code) => (code.startsWith('AccessDenied') ? `; the trust policy of ${arn} must allow sts:AssumeRole to this caller ${also.join(' ')}, and so must the caller's own policy` : '');
}
