// With which algorithm does a CA sign, and can a mesh verify it? AWS's own names; an unknown one is passed on untouched.
import type { PublicKeyFacts } from '../pki/algorithms.ts';

/** For a key of this kind: what a signing algorithm must look like, and the one that is valid in every region. */
interface Family {
  readonly key: RegExp;
  readonly signs: RegExp;
  readonly byDefault: string;
}

const families: readonly Family[] = [
  { key: /^RSA_\d+$/, signs: /^SHA(?:256|384|512)WITHRSA(?:_PSS)?$/, byDefault: 'SHA256WITHRSA' },
  // Some regions take only the hash that matches the curve.
  { key: /^EC_prime256v1$/, signs: /^SHA(?:256|384|512)WITHECDSA$/, byDefault: 'SHA256WITHECDSA' },
  { key: /^EC_secp384r1$/, signs: /^SHA(?:256|384|512)WITHECDSA$/, byDefault: 'SHA384WITHECDSA' },
  { key: /^EC_secp521r1$/, signs: /^SHA512WITHECDSA$/, byDefault: 'SHA512WITHECDSA' },
  { key: /^ML_DSA_44$/, signs: /^ML_DSA_44$/, byDefault: 'ML_DSA_44' },
  { key: /^ML_DSA_65$/, signs: /^ML_DSA_65$/, byDefault: 'ML_DSA_65' },
  { key: /^ML_DSA_87$/, signs: /^ML_DSA_87$/, byDefault: 'ML_DSA_87' },
  { key: /^SM2$/, signs: /^SM3WITHSM2$/, byDefault: 'SM3WITHSM2' },
];

/**
 * @param own  what the CA has signed its own CSR with, by DescribeCertificateAuthority: it suits the same key.
 * @returns that one, unless it cannot be of such a key; else the key's default; undefined where neither is known.
 */
export function signingAlgorithmFor(keyAlgorithm: string | undefined, own: string | undefined): string | undefined {
  const family = families.find(({ key }) => key.test(keyAlgorithm ?? ''));
  if (family === undefined) return own;
  return own !== undefined && family.signs.test(own) ? own : family.byDefault;
}

const curves: Readonly<Record<string, string>> = { 'P-256': 'EC_prime256v1', 'P-384': 'EC_secp384r1', 'P-521': 'EC_secp521r1', SM2: 'SM2' };

/** @returns AWS's name for a key as a certificate shows it; undefined where AWS has no such CA. */
export function keyAlgorithmOf({ kind, name }: Pick<PublicKeyFacts, 'kind' | 'name'>): string | undefined {
  if (kind === 'ec') return curves[name];
  return kind === 'rsa' || kind === 'ml-dsa' ? name.replaceAll('-', '_') : undefined;
}

/** Envoy (BoringSSL), istiod (Go) and ztunnel (rustls) verify RSA, PKCS #1 and PSS alike, and the NIST curves. */
const unknownToMeshes = /^(?:ML_DSA_\d+|SM2|SM3WITHSM2)$/;

/** @returns the first of these names that no mesh can verify. */
export function unverifiableByMesh(names: readonly (string | undefined)[]): string | undefined {
  return names.find((name) => name !== undefined && unknownToMeshes.test(name));
}
