// What does a failed call say about other calls? Those that must fail like it wait together (docs/architecture.md, invariant 6).
import type { Failure } from './failure.ts';
import { describeIssuer, type IssuerKey } from './issuer.ts';
import type { ParkCause } from './outcome.ts';

/** What one call depends on. */
export interface CallFacts {
  readonly issuer: IssuerKey;
  readonly authorityArn: string;
  readonly region: string;
  /** AWS's name of it. */
  readonly operation: string;
  /** undefined where the operation has none. */
  readonly template: string | undefined;
}

export interface Scope {
  readonly cause: ParkCause;
  /** Calls with the same name depend on the same thing. */
  readonly name: string;
  /** More than one CA depends on it. */
  readonly spansAuthorities: boolean;
}

/** So many failures to answer in a row, without a success between, make others wait too; a refusal is certain at once. */
export const certainAfterOutages = 3;

/** Errors of connections that never stood: they concern every CA behind the endpoint. */
const neverConnected: ReadonlySet<string> = new Set([
  'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN', 'EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN', 'ConnectTimeout', 'ERR_PROXY_TUNNEL', 'EPROTO',
  'DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID', 'ERR_TLS_CERT_ALTNAME_INVALID',
]);
const ofAuthority = /^(?:InvalidState|LimitExceeded)/;
const permissionCodes = /^(?:AccessDenied|NotAuthorized|OptInRequired)/;

/** Everything that a call depends on, in the order in which it is needed. */
export function scopesOf(call: CallFacts): readonly Scope[] {
  return [credentials(call), endpoint(call), service(call), permission(call), authority(call)];
}

/**
 * @returns what the failure is a fault of, and after how many in a row it is certain; undefined where it tells of this one
 * request only, or where another way of waiting takes care of it (throttling, conflicts).
 */
export function scopeOfFailure(call: CallFacts, failure: Failure): (Scope & { readonly certainAfter: number }) | undefined {
  const scope = find(call, failure);
  if (scope === undefined) return undefined;
  const isOutage = failure.class === 'transient' || failure.class === 'ambiguous';
  return { ...scope, certainAfter: isOutage ? certainAfterOutages : 1 };
}

function find(call: CallFacts, failure: Failure): Scope | undefined {
  const isOfCredentials = failure.operation !== call.operation;
  switch (failure.class) {
    case 'unauthorised':
      return isOfCredentials || !permissionCodes.test(failure.code) ? credentials(call) : permission(call);
    case 'misconfigured':
      if (isOfCredentials) return credentials(call);
      // Whether a CA is found may depend on who asks.
      return ofAuthority.test(failure.code) ? authority(call) : permission(call);
    case 'transient':
    case 'ambiguous':
      if (isOfCredentials) return credentials(call);
      return neverConnected.has(failure.code) ? endpoint(call) : service(call);
    case 'throttled':
    case 'unsuitable':
    case 'rejected':
    case 'conflict':
    case 'bug':
      return undefined;
  }
}

function credentials({ issuer }: CallFacts): Scope {
  return { cause: 'credentials', spansAuthorities: false, name: `credentials of ${describeIssuer(issuer)}` };
}

function endpoint({ region }: CallFacts): Scope {
  return { cause: 'network', spansAuthorities: true, name: `the endpoint of AWS Private CA in ${region}` };
}

function permission({ issuer, operation, template = '' }: CallFacts): Scope {
  return { cause: 'permission', spansAuthorities: false, name: `${describeIssuer(issuer)} may ${operation} ${template}` };
}

function authority({ authorityArn, operation }: CallFacts): Scope {
  return { cause: 'authority', spansAuthorities: false, name: `${operation} of ${authorityArn}` };
}

/** The endpoint can be reached, and does not answer for this CA. */
function service({ authorityArn, operation }: CallFacts): Scope {
  return { cause: 'network', spansAuthorities: false, name: `answers to ${operation} of ${authorityArn}` };
}
