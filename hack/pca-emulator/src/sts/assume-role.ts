// AssumeRole: a user's or a session's signature becomes a session of another role.
import { ApiError } from '../wire/api-error.ts';
import type { XmlElements } from '../wire/query-protocol.ts';
import { trustsCaller } from './role.ts';
import { grantSession, sessionElements, sessionParameters } from './session-grant.ts';
import { requestedTags, withTransitiveTags } from './session-tags.ts';
import type { StsCall } from './sts-call.ts';

/**
 * @throws ApiError ValidationError, InvalidParameterValue, AccessDenied (403)
 */
export function assumeRole(form: URLSearchParams, call: StsCall): XmlElements {
  const { store, caller } = call;
  const { roleArn, sessionName, durationSeconds } = sessionParameters(form, call.settings);
  const asked = requestedTags(form);
  const role = store.roles.get(roleArn);
  if (caller === undefined || role === undefined) throw denied('AssumeRole');
  const { tags, transitiveTagKeys } = withTransitiveTags(asked, caller);
  const request = { sessionName, externalId: form.get('ExternalId') ?? undefined, tags: asked.tags, isTagged: Object.keys(tags).length > 0 };
  const trust = trustsCaller(role, caller, request);
  if (trust !== 'trusted') throw denied(trust === 'may not tag' ? 'TagSession' : 'AssumeRole');
  const chained = caller.roleArn !== undefined;
  const session = grantSession(store, { role, sessionName, durationSeconds, chained, tags, transitiveTagKeys, nowMs: call.nowMs });
  return sessionElements(session, sessionName);

  function denied(action: 'AssumeRole' | 'TagSession'): ApiError {
    return new ApiError('AccessDenied', `User: ${caller?.arn} is not authorized to perform: sts:${action} on resource: ${roleArn}`, 403);
  }
}
