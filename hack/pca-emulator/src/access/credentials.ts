// Whose key is it? Static keys come from the admin API, session keys from STS.
import { randomBytes, randomInt } from 'node:crypto';
import type { Store } from '../state/store.ts';

export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly account: string;
  /** `arn:aws:iam::<account>:user/<name>` */
  readonly principalArn: string;
}

export interface Session extends AccessKey {
  readonly sessionToken: string;
  readonly roleArn: string;
  /** Milliseconds since the epoch, on the machine's clock. */
  readonly expiresAtMs: number;
  /** Source of the session: a session made from a session is chained and lasts an hour at most. */
  readonly chained: boolean;
  /** The session's tags (aws:PrincipalTag). */
  readonly tags?: SessionTags;
  /** Those of them that go on into sessions made from this one. */
  readonly transitiveTagKeys?: readonly string[];
}

export type SessionTags = Readonly<Record<string, string>>;

/** Who calls, once the signature has been found good. */
export interface Caller {
  readonly account: string;
  /** For a session this is `arn:aws:sts::<account>:assumed-role/<role>/<session>`. */
  readonly arn: string;
  /** Only sessions have a role. */
  readonly roleArn: string | undefined;
  readonly accessKeyId: string;
  /** The region that the caller signed for. */
  readonly region: string;
  /** Only sessions have tags. */
  readonly tags?: SessionTags;
  readonly transitiveTagKeys?: readonly string[];
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

export function newAccessKeyId(kind: 'AKIA' | 'ASIA'): string {
  return kind + Array.from({ length: 16 }, () => alphabet[randomInt(alphabet.length)]).join('');
}

export function newSecretAccessKey(): string {
  return randomBytes(30).toString('base64');
}

export function newSessionToken(): string {
  return `EMULATOR${randomBytes(180).toString('base64')}`;
}

/** The key or session behind an access key id. */
export function findKey(store: Store, accessKeyId: string): AccessKey | Session | undefined {
  return store.sessions.get(accessKeyId) ?? store.accessKeys.get(accessKeyId);
}

export function isSession(key: AccessKey | Session): key is Session {
  return 'sessionToken' in key;
}
