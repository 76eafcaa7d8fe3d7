// AssumeRoleWithWebIdentity: a service account's token becomes a session (IRSA). Unsigned, as in AWS.
import { ApiError } from '../wire/api-error.ts';
import type { XmlElements } from '../wire/query-protocol.ts';
import { audiencesOf, trustsToken } from './role.ts';
import { grantSession, sessionElements, sessionParameters } from './session-grant.ts';
import type { StsCall } from './sts-call.ts';
import { verifyWebIdentityToken } from './web-identity-token.ts';

/**
 * @throws ApiError ValidationError, InvalidIdentityToken, ExpiredTokenException, IDPCommunicationError, AccessDenied (403)
 */
export async function assumeRoleWithWebIdentity(form: URLSearchParams, call: StsCall): Promise<XmlElements> {
  const { store, nowMs } = call;
  const { roleArn, sessionName, durationSeconds } = sessionParameters(form, call.settings);
  const claims = await verifyWebIdentityToken(form.get('WebIdentityToken') ?? '', {
    provider: (issuer) => store.providers.get(issuer),
    audiences: (provider) => provider.audiences ?? audiencesOf(store.roles.values(), provider.issuer),
    findKey: call.findJsonWebKey,
    nowMs,
  });
  call.notes.subject = claims.subject;
  const role = store.roles.get(roleArn);
  if (role === undefined || !trustsToken(role, claims, sessionName)) {
    throw new ApiError('AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity', 403);
  }
  const session = grantSession(store, { role, sessionName, durationSeconds, chained: false, nowMs });
  call.notes.caller = session;
  return {
    ...sessionElements(session, sessionName),
    SubjectFromWebIdentityToken: claims.subject,
    Audience: claims.audiences.join(','),
    Provider: claims.issuer,
  };
}
