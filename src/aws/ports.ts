// What the AWS room asks of others.
import type { Result } from '../domain/failure.ts';

export interface SecretData {
  readonly resourceVersion: string;
  /** Decoded values by key. */
  readonly data: Readonly<Record<string, string>>;
}

export interface SecretReader {
  /** A Secret by name, never older than 10 seconds; undefined where there is none (docs/architecture.md, invariant 14). */
  read(namespace: string, name: string, signal: AbortSignal): Promise<Result<SecretData | undefined>>;
}

export interface ServiceAccountToken {
  readonly token: string;
  /** Changes when the ServiceAccount is made anew; '' where the token does not tell. */
  readonly accountUid: string;
}

export interface TokenSource {
  /** A token of a ServiceAccount, asked for at most 10 seconds ago, good for 10 minutes. */
  token(namespace: string, name: string, audiences: readonly string[], signal: AbortSignal): Promise<Result<ServiceAccountToken>>;
}
