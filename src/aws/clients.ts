// One SDK client per identity, region and version of its Secret or ServiceAccount; made when first needed, forgotten when unused or expired.
import { ACMPCAClient } from '@aws-sdk/client-acm-pca';
import type { Access } from '../controller/ports.ts';
import { fail, succeed, type Failure, type Result } from '../domain/failure.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Metrics } from '../runtime/ports.ts';
import type { LoadCredentials } from './credential-memo.ts';
import { makeProvider, readSecretKeys, type Material, type UserAgent } from './credentials.ts';
import { endpointConfig } from './endpoints.ts';
import type { HttpHandler } from './http-handler.ts';
import type { SecretReader, TokenSource } from './ports.ts';

/** A client and whose credentials it signs with. */
export interface Lease {
  readonly client: ACMPCAClient;
  readonly credentials: LoadCredentials;
}

export interface Clients {
  /** Fails where the Secret cannot be read or lacks a key, or where the ServiceAccount has no token for us; asks AWS nothing. */
  acquire(access: Access, signal: AbortSignal): Promise<Result<Lease>>;
  /** The next acquire starts with fresh credentials; calls under way go on. */
  drop(lease: Lease): void;
}

interface Entry extends Lease {
  readonly version: string;
  /** The newest; a token is another one each time, of the same version. */
  material: Material;
  usedAtMs: number;
}

const unusedMs = 60 * 60_000;

export interface ClientsPorts {
  readonly secrets: SecretReader;
  readonly tokens: TokenSource;
  readonly processSessionName: string;
  readonly handler: HttpHandler;
  readonly userAgent: UserAgent;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

export function makeClients(ports: ClientsPorts): Clients {
  const { handler, userAgent, clock } = ports;
  const entries = new Map<string, Entry>();

  function make({ identity, authority }: Access, material: () => Material): Lease {
    const { region } = authority;
    const credentials = makeProvider({ ...ports, identity, region, material });
    const client = new ACMPCAClient({
      region,
      ...endpointConfig(authority, process.env),
      credentials,
      maxAttempts: 1,
      requestHandler: handler,
      customUserAgent: userAgent,
    });
    return { client, credentials };
  }

  return {
    async acquire(access, signal) {
      const found = await readMaterial(access, ports, signal);
      if (!found.ok) return found;
      const { version, material } = found.value;
      const key = JSON.stringify([access.authority.region, access.identity]);
      const nowMs = clock.now();
      const known = entries.get(key);
      if (known?.version === version) {
        Object.assign(known, { usedAtMs: nowMs, material });
        return succeed(known);
      }
      for (const [other, { usedAtMs }] of entries) if (nowMs - usedAtMs > unusedMs) entries.delete(other);
      const entry: Entry = { ...make(access, () => entry.material), version, material, usedAtMs: nowMs };
      // A client that is replaced is not destroyed: that would cut the shared connections under calls in flight.
      entries.set(key, entry);
      return succeed(entry);
    },

    drop({ client }) {
      for (const [key, entry] of entries) if (entry.client === client) entries.delete(key);
    },
  };
}

interface Found {
  readonly version: string;
  readonly material: Material;
}

/** What the API server holds for the identity, never older than 10 seconds: a change counts from the next call on. */
async function readMaterial({ identity }: Access, { secrets, tokens }: Pick<ClientsPorts, 'secrets' | 'tokens'>, signal: AbortSignal): Promise<Result<Found>> {
  if (identity.kind === 'ambient') return succeed({ version: '', material: { kind: 'none' } });
  if (identity.kind === 'service-account') {
    const { namespace, name, audiences } = identity;
    const given = await tokens.token(namespace, name, audiences, signal);
    if (!given.ok) return prefixed(given.failure, `failed to request token for ServiceAccount ${namespace}/${name}: `);
    return succeed({ version: given.value.accountUid, material: { kind: 'token', token: given.value.token } });
  }
  const read = await secrets.read(identity.namespace, identity.name, signal);
  if (!read.ok) return prefixed(read.failure, 'failed to retrieve secret: ');
  const keys = readSecretKeys(identity, read.value);
  return keys.ok ? succeed({ version: read.value?.resourceVersion ?? '', material: { kind: 'keys', keys: keys.value } }) : keys;
}

/** @param words the peer's, which alerts match on. */
function prefixed(failure: Failure, words: string): { readonly ok: false; readonly failure: Failure } {
  return fail({ ...failure, message: `${words}${failure.message}` });
}
