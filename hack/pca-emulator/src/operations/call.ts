// One call of an ACM PCA operation on its way: who calls, what it may use, and what the journal is to know.
import { authorityNameOf } from '../arn.ts';
import { authorityNotFound, type Authority } from '../authorities/authority.ts';
import type { Caller } from '../access/credentials.ts';
import { authorise } from '../access/permissions.ts';
import type { Settings } from '../settings.ts';
import type { Store } from '../state/store.ts';

/** What an operation adds to the journal's line. */
export interface CallNotes {
  certificateArn?: string;
  /** A certificate was made and is billed. */
  hasIssued?: boolean;
  isReplay?: boolean;
  violation?: string;
}

export interface Call {
  readonly operation: string;
  readonly caller: Caller;
  readonly store: Store;
  readonly settings: Settings;
  /** The virtual clock, in milliseconds. */
  readonly nowMs: number;
  /** A fault that acts inside the operation (faults/fault-kinds.ts). */
  readonly innerFault: 'wrong-key' | 'request-failed' | undefined;
  readonly notes: CallNotes;
  /** The folder that audit reports are written to; undefined keeps them in memory only. */
  readonly reports?: string | undefined;
}

/**
 * Finds the CA that a call names, once the caller may do the operation there.
 * @throws ApiError InvalidArn, AccessDenied, ResourceNotFound, in this order
 */
export function authorityOf(call: Call, arn: string, templateArn?: string): Authority {
  const { account } = authorityNameOf(arn, call.caller.region);
  authoriseCall(call, { ca: arn, caAccount: account, template: templateArn });
  const authority = call.store.authorities.get(arn);
  if (authority === undefined || authority.isExternal) throw authorityNotFound(arn);
  return authority;
}

/** @throws ApiError AccessDenied, unless the caller may do the operation there */
export function authoriseCall(call: Call, place: { readonly ca: string; readonly caAccount: string; readonly template?: string | undefined }): void {
  const { caller, store, operation, settings } = call;
  const role = caller.roleArn === undefined ? undefined : store.roles.get(caller.roleArn);
  const policies = { rules: store.permissions.values(), rolePermissions: role?.permissions, shares: store.shares.values() };
  authorise(caller, { template: undefined, ...place, operation }, policies, settings);
}
