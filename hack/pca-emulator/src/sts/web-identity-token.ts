// Is this token genuine? A JWT of a known provider: signature, issuer, audience, dates. Always on the machine's own time.
import { createPublicKey, verify } from 'node:crypto';
import { given } from '../given.ts';
import { ApiError } from '../wire/api-error.ts';
import type { KeyFinder, OidcProvider } from './oidc-provider.ts';

export interface TokenClaims {
  readonly issuer: string;
  readonly subject: string;
  readonly audiences: readonly string[];
  /** The pod that a Kubernetes token is bound to. */
  readonly pod?: { readonly name: string; readonly uid: string };
}

interface Jwt {
  readonly header: Readonly<Record<string, unknown>>;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly signed: Buffer;
  readonly signature: Buffer;
}

const hashes: Readonly<Record<string, string>> = {
  RS256: 'sha256', RS384: 'sha384', RS512: 'sha512',
  ES256: 'sha256', ES384: 'sha384', ES512: 'sha512',
};

/**
 * Verifies a web identity token.
 * @param provider   finds the provider of an issuer
 * @param audiences  the audiences that are let pass for a provider
 * @param nowMs      the machine's time
 * @throws ApiError InvalidIdentityToken, ExpiredTokenException, IDPCommunicationError
 */
export async function verifyWebIdentityToken(
  token: string,
  rules: {
    readonly provider: (issuer: string) => OidcProvider | undefined;
    readonly audiences: (provider: OidcProvider) => readonly string[];
    readonly findKey: KeyFinder;
    readonly nowMs: number;
  },
): Promise<TokenClaims> {
  const jwt = decode(token);
  const { iss, sub, aud, exp, nbf } = jwt.payload;
  if (typeof iss !== 'string' || typeof sub !== 'string' || typeof exp !== 'number') throw invalid('The ID Token lacks one of the claims iss, sub and exp.');
  const provider = rules.provider(iss);
  if (provider === undefined) throw invalid(`No OpenIDConnect provider found in your account for ${iss}`);
  await checkSignature(jwt, provider, rules.findKey);
  const audiences = (Array.isArray(aud) ? aud : [aud]).filter((one) => typeof one === 'string');
  const passing = rules.audiences(provider);
  if (!audiences.some((audience) => passing.includes(audience))) throw invalid('Incorrect token audience');
  const now = Math.floor(rules.nowMs / 1000);
  if (exp <= now) {
    throw new ApiError('ExpiredTokenException', `Token expired: current date/time ${now} must be before the expiration date/time ${exp}`);
  }
  if (typeof nbf === 'number' && nbf > now + 60) throw invalid(`The ID Token is not valid before ${nbf}; the current date/time is ${now}`);
  return { issuer: iss, subject: sub, audiences, ...given({ pod: podOf(jwt.payload) }) };
}

function podOf({ 'kubernetes.io': bound }: Jwt['payload']): TokenClaims['pod'] {
  if (typeof bound !== 'object' || bound === null || !('pod' in bound)) return undefined;
  const { pod } = bound;
  if (typeof pod !== 'object' || pod === null || !('name' in pod) || !('uid' in pod)) return undefined;
  return { name: String(pod.name), uid: String(pod.uid) };
}

function decode(token: string): Jwt {
  const parts = token.split('.');
  const [head = '', body = '', signature = ''] = parts;
  const header = objectOf(head);
  const payload = objectOf(body);
  if (parts.length !== 3 || header === undefined || payload === undefined) {
    throw invalid('The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)');
  }
  return { header, payload, signed: Buffer.from(`${head}.${body}`), signature: Buffer.from(signature, 'base64url') };
}

async function checkSignature({ header, signed, signature }: Jwt, provider: OidcProvider, findKey: KeyFinder): Promise<void> {
  const { alg, kid } = header;
  const hash = typeof alg === 'string' ? hashes[alg] : undefined;
  if (hash === undefined) throw invalid(`The ID Token is signed with ${String(alg)}, which is not accepted.`);
  const jwk = await findKey(provider, typeof kid === 'string' ? kid : undefined);
  if (jwk === undefined) {
    throw invalid("Couldn't retrieve verification key from your identity provider, please reference AssumeRoleWithWebIdentity documentation for requirements");
  }
  if (!isGenuine()) throw invalid('The ID Token provided has an invalid signature.');

  function isGenuine(): boolean {
    try {
      const key = createPublicKey({ key: jwk ?? {}, format: 'jwk' });
      const family = key.asymmetricKeyType === 'rsa' ? 'RS' : 'ES';
      return String(alg).startsWith(family) && verify(hash, signed, { key, dsaEncoding: 'ieee-p1363' }, signature);
    } catch {
      return false;
    }
  }
}

function objectOf(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function invalid(message: string): ApiError {
  return new ApiError('InvalidIdentityToken', message);
}
