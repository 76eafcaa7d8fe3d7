// One SDK client per identity, region and version of its Secret; made when first needed, forgotten when unused or expired.
import { ACMPCAClient } from '@aws-sdk/client-acm-pca';
import type { Access } from '../controller/ports.ts';
import { succeed, type Result } from '../domain/failure.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Metrics } from '../runtime/ports.ts';
import type { Credentials, LoadCredentials } from './credential-memo.ts';
import { makeProvider, readSecretKeys, type UserAgent } from './credentials.ts';
import type { HttpHandler } from './http-handler.ts';
import type { SecretData, SecretReader } from './ports.ts';

/** A client and whose credentials it signs with. */
export interface Lease {
  readonly client: ACMPCAClient;
  readonly credentials: LoadCredentials;
}

export interface Clients {
  /** Fails where the Secret cannot be read or lacks a key; asks AWS nothing. */
  acquire(access: Access, signal: AbortSignal): Promise<Result<Lease>>;
  /** The next acquire starts with fresh credentials; calls under way go on. */
  drop(lease: Lease): void;
}

interface Entry extends Lease {
  readonly version: string;
  usedAtMs: number;
}

const unusedMs = 60 * 60_000;

export interface ClientsPorts {
  readonly secrets: SecretReader;
  readonly handler: HttpHandler;
  readonly userAgent: UserAgent;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

export function makeClients({ secrets, handler, userAgent, clock, metrics }: ClientsPorts): Clients {
  const entries = new Map<string, Entry>();

  function make({ identity, authority }: Access, keys: Credentials | undefined): Lease {
    const { region } = authority;
    const credentials = makeProvider({ identity, region, keys, handler, userAgent, clock, metrics });
    const client = new ACMPCAClient({
      region,
      credentials,
      maxAttempts: 1,
      requestHandler: handler,
      customUserAgent: userAgent,
    });
    return { client, credentials };
  }

  return {
    async acquire(access, signal) {
      const secret = await readSecret(access, secrets, signal);
      if (!secret.ok) return secret;
      const key = JSON.stringify([access.authority.region, access.identity]);
      const version = secret.value?.resourceVersion ?? '';
      const nowMs = clock.now();
      const known = entries.get(key);
      if (known?.version === version) {
        known.usedAtMs = nowMs;
        return succeed(known);
      }
      const { identity } = access;
      const keys = identity.kind === 'secret' ? readSecretKeys(identity, secret.value) : succeed(undefined);
      if (!keys.ok) return keys;
      for (const [other, { usedAtMs }] of entries) if (nowMs - usedAtMs > unusedMs) entries.delete(other);
      const entry = { ...make(access, keys.value), version, usedAtMs: nowMs };
      // A client that is replaced is not destroyed: that would cut the shared connections under calls in flight.
      entries.set(key, entry);
      return succeed(entry);
    },

    drop({ client }) {
      for (const [key, entry] of entries) if (entry.client === client) entries.delete(key);
    },
  };
}

async function readSecret({ identity }: Access, secrets: SecretReader, signal: AbortSignal): Promise<Result<SecretData | undefined>> {
  if (identity.kind === 'ambient') return succeed(undefined);
  const read = await secrets.read(identity.namespace, identity.name, signal);
  return read.ok ? read : { ok: false, failure: { ...read.failure, message: `failed to retrieve secret: ${read.failure.message}` } };
}
