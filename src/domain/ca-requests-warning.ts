// Who may get a CA certificate from a cluster issuer that limits it to nobody? Words for a condition.
import type { IssuerConfig } from './issuer-config.ts';
import type { IssuerWarning } from './issuer-warnings.ts';
import { describeIssuer, type IssuerKey } from './issuer.ts';
import { canSignCAs } from './request-policy.ts';

/** Where requests may come from. */
export interface Askers {
  /** undefined where they could not be counted. */
  readonly count: number | undefined;
  /** false: requestPolicy, or the controller's flag --watch-namespaces, leaves namespaces out. */
  readonly areAll: boolean;
}

/** Is there anything to warn of, if anybody may ask at all? A namespaced issuer serves its own namespace only. */
export function isOpenToCARequests({ namespace }: IssuerKey, config: IssuerConfig): boolean {
  const { namespaces, selector, caNamespaces } = config.requestPolicy;
  const servesNobody = namespaces?.length === 0 && selector === undefined;
  return namespace === undefined && caNamespaces === undefined && canSignCAs(config) && !servesNobody;
}

export function caRequestsWarning(key: IssuerKey, { count, areAll }: Askers): IssuerWarning | undefined {
  if (count === 0) return undefined;
  const who = `${areAll ? 'every namespace' : 'every namespace that is served'}${count === undefined ? '' : ` (${roughly(count)} now)`}`;
  return {
    type: 'CARequestsUnrestricted',
    status: 'True',
    reason: areAll ? 'AnyNamespace' : 'AnyServedNamespace',
    message: `${who} may ask ${describeIssuer(key)} for a CA certificate; what else stands between is cert-manager's approver, with its RBAC (verb approve on signers). Name those that need one in spec.requestPolicy.caNamespaces`,
  };
}

/** A number that seldom changes: above 10 only its first digit is told. */
export function roughly(count: number): string {
  if (count <= 10) return String(count);
  const unit = 10 ** Math.floor(Math.log10(count));
  return `about ${Math.round(count / unit) * unit}`;
}
