// AssumeRole: a user's or a session's signature becomes a session of another role.
import { ApiError } from '../wire/api-error.ts';
import type { XmlElements } from '../wire/query-protocol.ts';
import { trustsCaller } from './role.ts';
import { grantSession, sessionElements, sessionParameters } from './session-grant.ts';
import type { StsCall } from './sts-call.ts';

/**
 * @throws ApiError ValidationError, AccessDenied (403)
 */
export function assumeRole(form: URLSearchParams, call: StsCall): XmlElements {
  const { store, caller } = call;
  const { roleArn, sessionName, durationSeconds } = sessionParameters(form, call.settings);
  const role = store.roles.get(roleArn);
  if (caller === undefined || role === undefined || !trustsCaller(role, caller, form.get('ExternalId') ?? undefined)) {
    throw new ApiError('AccessDenied', `User: ${caller?.arn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`, 403);
  }
  const chained = caller.roleArn !== undefined;
  const session = grantSession(store, { role, sessionName, durationSeconds, chained, nowMs: call.nowMs });
  return sessionElements(session, sessionName);
}
