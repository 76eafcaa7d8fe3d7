// Whose tokens are known, and with which keys are they verified?
import type { JsonWebKey } from 'node:crypto';
import { request as requestOverTls } from 'node:https';
import { request as requestPlain } from 'node:http';
import { ApiError } from '../wire/api-error.ts';

export interface JwkSet {
  readonly keys: readonly JsonWebKey[];
}

export interface OidcProvider {
  /** `iss` of the tokens, to the letter. */
  readonly issuer: string;
  readonly jwks?: JwkSet;
  /** Where the keys are fetched when they are not given. */
  readonly jwksUri?: string;
  /** Trust anchors for jwksUri, PEM. */
  readonly caPem?: string;
  /** Audiences that the provider lets pass; unless told, those that some role expects from it. */
  readonly audiences?: readonly string[];
}

export type KeyFinder = (provider: OidcProvider, keyId: string | undefined) => Promise<JsonWebKey | undefined>;

/** A finder that fetches a provider's keys when it does not know the one asked for (keys rotate), and keeps them. */
export function makeKeyFinder(signal: AbortSignal): KeyFinder {
  const fetched = new Map<string, JwkSet>();
  return async (provider, keyId) => {
    if (provider.jwks !== undefined) return keyIn(provider.jwks, keyId);
    if (provider.jwksUri === undefined) return undefined;
    const known = fetched.get(provider.issuer);
    const key = known === undefined ? undefined : keyIn(known, keyId);
    if (key !== undefined) return key;
    const fresh = await fetchKeys(provider.jwksUri, provider.caPem, signal);
    fetched.set(provider.issuer, fresh);
    return keyIn(fresh, keyId);
  };
}

function keyIn({ keys }: JwkSet, keyId: string | undefined): JsonWebKey | undefined {
  return keys.find((key) => key['kid'] === keyId) ?? (keyId === undefined && keys.length === 1 ? keys[0] : undefined);
}

async function fetchKeys(uri: string, ca: string | undefined, ending: AbortSignal): Promise<JwkSet> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const request = uri.startsWith('https:') ? requestOverTls : requestPlain;
  const signal = AbortSignal.any([ending, AbortSignal.timeout(5000)]);
  const outgoing = request(uri, { signal, agent: false, ...(ca === undefined ? {} : { ca }) }, (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('end', () => {
      if (response.statusCode === 200) resolve(Buffer.concat(chunks).toString('utf8'));
      else reject(new Error(`status ${response.statusCode}`));
    });
    response.on('error', reject);
  });
  outgoing.on('error', reject);
  outgoing.end();
  try {
    return jwkSetOf(JSON.parse(await promise));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ApiError('IDPCommunicationError', `Could not read the keys of the identity provider at ${uri}: ${why}`);
  }
}

/** @throws Error when the value is not a JWK set */
export function jwkSetOf(value: unknown): JwkSet {
  const keys: unknown = typeof value === 'object' && value !== null && 'keys' in value ? value.keys : undefined;
  if (!Array.isArray(keys) || keys.some((key) => typeof key !== 'object' || key === null)) throw new Error('not a JWK set');
  return { keys };
}
