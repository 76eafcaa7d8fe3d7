// The operations of STS that the emulator has.
import { ApiError } from '../wire/api-error.ts';
import type { XmlElements } from '../wire/query-protocol.ts';
import { assumeRoleWithWebIdentity } from './assume-role-with-web-identity.ts';
import { assumeRole } from './assume-role.ts';
import { getCallerIdentity } from './get-caller-identity.ts';
import type { StsCall } from './sts-call.ts';

interface StsOperation {
  readonly isSigned: boolean;
  readonly run: (form: URLSearchParams, call: StsCall) => XmlElements | Promise<XmlElements>;
}

const stsOperations: Readonly<Record<string, StsOperation>> = {
  AssumeRoleWithWebIdentity: { isSigned: false, run: assumeRoleWithWebIdentity },
  AssumeRole: { isSigned: true, run: assumeRole },
  GetCallerIdentity: { isSigned: true, run: getCallerIdentity },
};

export const stsOperationNames: readonly string[] = Object.keys(stsOperations);

/** @throws ApiError InvalidAction */
export function stsOperation(action: string): StsOperation {
  const operation = Object.hasOwn(stsOperations, action) ? stsOperations[action] : undefined;
  if (operation !== undefined) return operation;
  throw new ApiError('InvalidAction', `Could not find operation ${action} for version 2011-06-15`);
}
