// A session for a role: temporary keys, and the rules for its name and length.
import { createHash } from 'node:crypto';
import { newAccessKeyId, newSecretAccessKey, newSessionToken, type Session, type SessionTags } from '../access/credentials.ts';
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
  readonly tags?: SessionTags;
  readonly transitiveTagKeys?: readonly string[];
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
 * Makes and remembers a session that somebody asked STS for.
 * @throws ApiError ValidationError when it would last longer than the role, or an hour when chained
 */
export function grantSession(store: Store, order: SessionOrder): Session {
  const { role, durationSeconds, chained } = order;
  if (chained && durationSeconds > oneHour) {
    throw invalid('The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining');
  }
  if (durationSeconds > (role.maxSessionSeconds ?? oneHour)) {
    throw invalid('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
  }
  return openSession(store, order);
}

/** Makes and remembers a session; sessions that ended a day ago are forgotten. Services of AWS are not bound by the role's longest session. */
export function openSession(store: Store, { role, sessionName, durationSeconds, chained, nowMs, tags = {}, transitiveTagKeys = [] }: SessionOrder): Session {
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
    ...(Object.keys(tags).length === 0 ? {} : { tags, transitiveTagKeys }),
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

/** Ends a role's sessions at once: whoever still uses one is told that it has expired. Returns how many were alive. */
export function endSessions(store: Store, roleArn: string, nowMs: number): number {
  const alive = store.sessions.values().filter((session) => session.roleArn === roleArn && session.expiresAtMs > nowMs);
  for (const session of alive) store.sessions.put(session.accessKeyId, { ...session, expiresAtMs: nowMs });
  return alive.length;
}

export function invalid(message: string): ApiError {
  return new ApiError('ValidationError', message);
}
