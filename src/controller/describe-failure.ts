// A failed call in a sentence that does not change from attempt to attempt, so that a condition never flaps.
import { isDenial, wayOutOfDenial } from '../domain/access-denied.ts';
import type { Failure, FailureClass } from '../domain/failure.ts';
import type { Plan } from '../domain/plan.ts';
import type { Access } from './ports.ts';

const hints: Readonly<Record<FailureClass, string>> = {
  throttled: 'AWS asks for fewer calls; it is tried again by itself',
  transient: 'it is tried again by itself',
  ambiguous: 'nobody knows whether AWS acted, so the very same request is repeated, which AWS bills once',
  unauthorised: 'it is tried again by itself once the permissions or credentials are put right',
  misconfigured: 'it is tried again by itself once the issuer or the CA is put right',
  unsuitable: 'it is tried again, ever more slowly, and at once when the issuer or the CA changes',
  rejected: 'this request can never pass; make a new one',
  conflict: 'it is tried again by itself',
  bug: 'this is a fault of pca-issuer; please report it',
};

/** @param prefix the peer's words, which alerts match on (as in aws-privateca-issuer v1.12.0). */
export function describeFailure(failure: Failure, prefix: string, access: Access, plan?: Plan): string {
  const template = plan === undefined ? '' : ` with template ${plan.template.name}`;
  const { operation, message } = failure;
  const wayOut = isDenial(failure.code) ? `; ${wayOutOfDenial({ operation, authority: access.authority, template: plan?.template.name, message })}` : '';
  return `${prefix}${operation} on ${access.authority.arn}${template}: ${failure.code}: ${message}${wayOut} (${hints[failure.class]})`;
}
