// Who signed this request, and is the signature good? Verified in full against the keys that the emulator gave out.
import { timingSafeEqual } from 'node:crypto';
import { given } from '../given.ts';
import type { Settings } from '../settings.ts';
import type { WireRequest } from '../wire/request.ts';
import { isSession, type AccessKey, type Caller, type Session } from './credentials.ts';
import { refuse, type Protocol } from './refusals.ts';
import { expectedSignature, formatAmzDate, parseAmzDate, parseAuthorization, type SignedScope } from './signature.ts';

export interface Authentication {
  readonly protocol: Protocol;
  /** The signing name of the service: `acm-pca` or `sts`. */
  readonly service: string;
  /** The machine's time, in milliseconds; the virtual clock has no say here. */
  readonly nowMs: number;
  readonly settings: Settings;
  readonly findKey: (accessKeyId: string) => AccessKey | Session | undefined;
}

const toleranceMs = 5 * 60_000;
const regionForm = /^[a-z]{2,}(-[a-z]+)+-\d+$/;

/**
 * Verifies a request's signature.
 * @returns the caller; `region` is the one that the signature names
 * @throws ApiError in the words of refusals.ts: missing or incomplete header, unknown key, wrong signature, skew, expired session
 */
export function authenticate(request: WireRequest, rules: Authentication): Caller {
  const { protocol } = rules;
  const header = request.headers['authorization'];
  if (header === undefined) throw refuse(protocol, 'missing');
  const parsed = parseAuthorization(header);
  if (parsed === undefined) throw refuse(protocol, 'incomplete', 'Unsupported AWS algorithm in the Authorization header.');
  const { scope, missing } = parsed;
  if (scope === undefined) {
    const sentences = missing.map((name) => `Authorization header requires '${name}' parameter.`);
    throw refuse(protocol, 'incomplete', sentences.join(' '));
  }
  const time = request.headers['x-amz-date'] ?? '';
  const sentAt = parseAmzDate(time);
  if (sentAt === undefined) {
    throw refuse(protocol, 'incomplete', "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
  }
  if (!scope.signedHeaders.includes('host')) {
    throw refuse(protocol, 'signature', "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
  }
  checkScope(scope, time, rules);
  const key = rules.findKey(scope.accessKeyId);
  if (key === undefined) throw refuse(protocol, 'unknown-key');
  if ((request.headers['x-amz-security-token'] ?? '') !== (isSession(key) ? key.sessionToken : '')) throw refuse(protocol, 'unknown-key');
  checkAge(sentAt, rules);
  const expected = Buffer.from(expectedSignature(request, scope, time, key.secretAccessKey));
  const claimed = Buffer.from(scope.signature);
  if (expected.length !== claimed.length || !timingSafeEqual(expected, claimed)) throw refuse(protocol, 'signature');
  if (isSession(key) && key.expiresAtMs <= rules.nowMs) throw refuse(protocol, 'expired');
  const { account, principalArn: arn, accessKeyId } = key;
  const caller = { account, arn, accessKeyId, region: scope.region };
  if (!isSession(key)) return { ...caller, roleArn: undefined };
  const { roleArn, tags, transitiveTagKeys } = key;
  return { ...caller, roleArn, ...given({ tags, transitiveTagKeys }) };
}

function checkScope(scope: SignedScope, time: string, { protocol, service, settings }: Authentication): void {
  if (scope.service !== service) throw refuse(protocol, 'signature', `Credential should be scoped to correct service: '${service}'. `);
  const { endpointRegion } = settings;
  const isRegion = endpointRegion === null ? regionForm.test(scope.region) : scope.region === endpointRegion;
  if (!isRegion) throw refuse(protocol, 'signature', 'Credential should be scoped to a valid region. ');
  if (scope.day !== time.slice(0, 8)) {
    throw refuse(protocol, 'signature', `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${scope.day}' != '${time.slice(0, 8)}', from '${time}'.`);
  }
}

function checkAge(sentAt: number, { protocol, nowMs }: Authentication): void {
  const [sent, now] = [formatAmzDate(sentAt), formatAmzDate(nowMs)];
  if (sentAt < nowMs - toleranceMs) {
    const limit = formatAmzDate(nowMs - toleranceMs);
    throw refuse(protocol, 'signature', `Signature expired: ${sent} is now earlier than ${limit} (${now} - 5 min.)`);
  }
  if (sentAt > nowMs + toleranceMs) {
    const limit = formatAmzDate(nowMs + toleranceMs);
    throw refuse(protocol, 'signature', `Signature not yet current: ${sent} is still later than ${limit} (${now} + 5 min.)`);
  }
}
