// A session for a role: temporary keys, and the rules for its name and length.
import { createHash } from 'node:crypto';
import { newAccessKeyId, newSecretAccessKey, newSessionToken, type Session } from '../access/credentials.ts';
import { roleNameOf } from '../arn.ts';
import type { Settings } from '../settings.ts';
import type { Store } from '../state/store.ts';
import { ApiError } from '../wire/api-error.ts';
import type { XmlElements } from '../wire/query-protocol.ts';
import type { Role } from './role.ts';

export interface SessionOrder {
  readonly role: Role;
  readonly sessionName: string;
  readonly durationSeconds: number;
  readonly chained: boolean;
  /** The machine's time, in milliseconds. */
  readonly nowMs: number;
}

const sessionNameForm = /^[\w+=,.@-]{2,64}$/;
const oneHour = 3600;

/**
 * Reads the parameters that every way into a role has in common.
 * @throws ApiError ValidationError for a role, session name or duration of the wrong form
 */
export function sessionParameters(form: URLSearchParams, settings: Settings): Pick<SessionOrder, 'sessionName' | 'durationSeconds'> & { readonly roleArn: string } {
  const roleArn = form.get('RoleArn') ?? '';
  const sessionName = form.get('RoleSessionName') ?? '';
  const durationSeconds = Number(form.get('DurationSeconds') ?? oneHour);
  if (roleNameOf(roleArn) === undefined) throw invalid(`${roleArn} is invalid`);
  if (!sessionNameForm.test(sessionName)) {
    throw invalid(`1 validation error detected: Value '${sessionName}' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*`);
  }
  if (!Number.isInteger(durationSeconds) || durationSeconds > 12 * oneHour || durationSeconds < settings.minimumSessionSeconds) {
    const bound = durationSeconds > 12 * oneHour ? 'less than or equal to 43200' : `greater than or equal to ${settings.minimumSessionSeconds}`;
    throw invalid(`1 validation error detected: Value '${durationSeconds}' at 'durationSeconds' failed to satisfy constraint: Member must have value ${bound}`);
  }
  return { roleArn, sessionName, durationSeconds };
}

/**
 * Makes and remembers a session; sessions that ended a day ago are forgotten.
 * @throws ApiError ValidationError when it would last longer than the role, or an hour when chained
 */
export function grantSession(store: Store, { role, sessionName, durationSeconds, chained, nowMs }: SessionOrder): Session {
  if (chained && durationSeconds > oneHour) {
    throw invalid('The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining');
  }
  if (durationSeconds > (role.maxSessionSeconds ?? oneHour)) {
    throw invalid('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
  }
  for (const old of store.sessions.values()) if (old.expiresAtMs < nowMs - 24 * oneHour * 1000) store.sessions.delete(old.accessKeyId);
  const grantedSeconds = Math.min(durationSeconds, store.settings().sessionSecondsAtMost ?? Infinity);
  const { partition = 'aws', account = '', name = '' } = roleNameOf(role.arn) ?? {};
  const session: Session = {
    accessKeyId: newAccessKeyId('ASIA'),
    secretAccessKey: newSecretAccessKey(),
    sessionToken: newSessionToken(),
    account,
    principalArn: `arn:${partition}:sts::${account}:assumed-role/${name}/${sessionName}`,
    roleArn: role.arn,
    expiresAtMs: Math.floor(nowMs / 1000 + grantedSeconds) * 1000,
    chained,
  };
  store.sessions.put(session.accessKeyId, session);
  return session;
}

/** The parts of an answer that every way into a role has in common. */
export function sessionElements(session: Session, sessionName: string): XmlElements {
  return {
    Credentials: {
      AccessKeyId: session.accessKeyId,
      SecretAccessKey: session.secretAccessKey,
      SessionToken: session.sessionToken,
      Expiration: new Date(session.expiresAtMs).toISOString().replace('.000Z', 'Z'),
    },
    AssumedRoleUser: { Arn: session.principalArn, AssumedRoleId: `${principalId('AROA', session.roleArn)}:${sessionName}` },
    PackedPolicySize: '0',
  };
}

/** An id as IAM gives it: a prefix and letters that are always the same for the same ARN. */
export function principalId(prefix: 'AROA' | 'AIDA', arn: string): string {
  return prefix + createHash('sha256').update(arn).digest('hex').slice(0, 17).toUpperCase();
}

function invalid(message: string): ApiError {
  return new ApiError('ValidationError', message);
}
