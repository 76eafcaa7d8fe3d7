// What does the instance metadata service (IMDSv2) say about the instance's role? Tokens first, then name and credentials.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Session } from '../access/credentials.ts';
import { roleNameOf } from '../arn.ts';
import { instanceProfileKey, type Store } from '../state/store.ts';
import { trustsService } from '../sts/role.ts';
import { openSession } from '../sts/session-grant.ts';
import { ApiError } from '../wire/api-error.ts';
import type { Reply } from '../wire/reply.ts';
import type { WireRequest } from '../wire/request.ts';
import { serviceSessionSeconds } from './workload-operations.ts';

export interface InstanceMetadataCall {
  readonly store: Store;
  /** The machine's time, in milliseconds. */
  readonly nowMs: number;
  /** What the journal is to know. */
  readonly notes: { caller?: Session };
}

const service = 'ec2.amazonaws.com';
const instanceId = 'i-0e0e0e0e0e0e0e0e0';
const tokenPath = '/latest/api/token';
const rolePath = '/latest/meta-data/iam/security-credentials/';
const ttlHeader = 'x-aws-ec2-metadata-token-ttl-seconds';
const longestTtlSeconds = 21_600;
// A token tells its own end, so that none needs to be remembered; it is good for one run of the emulator.
const tokenSecret = randomBytes(32);

/** @throws ApiError BadRequest, Unauthorized (401), NotFound (404), MethodNotAllowed (405); AssumeRoleUnauthorizedAccess, which AWS sends with status 200 */
export function instanceMetadata({ method, path, headers }: WireRequest, call: InstanceMetadataCall): Reply {
  if (path === tokenPath) return tokenReply(method, headers[ttlHeader], call.nowMs);
  if (method !== 'GET') throw new ApiError('MethodNotAllowed', 'Method Not Allowed', 405);
  if (!isToken(headers['x-aws-ec2-metadata-token'], call.nowMs)) throw new ApiError('Unauthorized', 'Unauthorized', 401);
  const roleArn = call.store.instanceProfiles.get(instanceProfileKey);
  const name = roleArn === undefined ? undefined : roleNameOf(roleArn)?.name;
  if (roleArn !== undefined && name !== undefined && path === rolePath) return plain(name);
  if (roleArn !== undefined && name !== undefined && path === `${rolePath}${name}`) return credentialsReply(sessionOf(roleArn, name, call), call.nowMs);
  throw new ApiError('NotFound', 'Not Found', 404);
}

export function instanceRoleDenied(name: string): ApiError {
  const message = `EC2 cannot assume the role ${name}. Please see documentation at https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_iam-ec2.html#troubleshoot_iam-ec2_errors-info-doc.`;
  return new ApiError('AssumeRoleUnauthorizedAccess', message, 200);
}

function sessionOf(roleArn: string, name: string, { store, nowMs, notes }: InstanceMetadataCall): Session {
  const role = store.roles.get(roleArn);
  if (role === undefined || trustsService(role, service, { sessionName: instanceId }) !== 'trusted') throw instanceRoleDenied(name);
  notes.caller = openSession(store, { role, sessionName: instanceId, durationSeconds: serviceSessionSeconds, chained: false, nowMs });
  return notes.caller;
}

function credentialsReply({ accessKeyId, secretAccessKey, sessionToken, expiresAtMs }: Session, nowMs: number): Reply {
  const credentials = {
    Code: 'Success',
    LastUpdated: isoSeconds(nowMs),
    Type: 'AWS-HMAC',
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    Token: sessionToken,
    Expiration: isoSeconds(expiresAtMs),
  };
  return plain(JSON.stringify(credentials));
}

function tokenReply(method: string, ttl: string | undefined, nowMs: number): Reply {
  if (method !== 'PUT') throw new ApiError('MethodNotAllowed', 'Method Not Allowed', 405);
  const seconds = Number(ttl);
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > longestTtlSeconds) throw new ApiError('BadRequest', 'Bad Request', 400);
  const reply = plain(tokenUntil(nowMs + seconds * 1000));
  return { ...reply, headers: { ...reply.headers, [ttlHeader]: String(seconds) } };
}

function tokenUntil(endMs: number): string {
  return `${endMs}-${createHmac('sha256', tokenSecret).update(String(endMs)).digest('base64url')}`;
}

function isToken(token: string | undefined, nowMs: number): boolean {
  const endMs = Number(/^(\d+)-/.exec(token ?? '')?.[1]);
  if (!(endMs > nowMs)) return false;
  const [given, expected] = [Buffer.from(token ?? ''), Buffer.from(tokenUntil(endMs))];
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function plain(body: string): Reply {
  return { status: 200, headers: { 'content-type': 'text/plain' }, body };
}

function isoSeconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
