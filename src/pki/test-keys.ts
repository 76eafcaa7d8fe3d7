// Test support: keys of every kind, and signatures by them, so that fixtures need neither openssl nor files.
import * as asn1js from 'asn1js';
import { constants, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import * as pkijs from 'pkijs';

export type TestKeyType =
  | 'P-256'
  | 'P-384'
  | 'P-521'
  | 'secp256k1'
  | 'RSA-1024'
  | 'RSA-2048'
  | 'RSA-3072'
  | 'RSA-4096'
  | 'Ed25519'
  | 'Ed448'
  | 'ML-DSA-44'
  | 'ML-DSA-65'
  | 'ML-DSA-87';

export interface TestKey {
  readonly type: TestKeyType;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly spkiDer: Uint8Array;
}

export type TestDigest = 'sha1' | 'sha256' | 'sha384' | 'sha512';

/** How to sign; what is left out follows the key (SHA-256, PKCS #1 v1.5 for RSA). */
export interface TestSigning {
  readonly digest?: TestDigest | undefined;
  /** RSA-PSS with a salt as long as the digest. */
  readonly pss?: boolean | undefined;
  /** Written into the certificate instead of the true one. */
  readonly signatureOid?: string | undefined;
}

const PLAIN_OIDS: Partial<Record<TestKeyType, string>> = {
  Ed25519: '1.3.101.112',
  Ed448: '1.3.101.113',
  'ML-DSA-44': '2.16.840.1.101.3.4.3.17',
  'ML-DSA-65': '2.16.840.1.101.3.4.3.18',
  'ML-DSA-87': '2.16.840.1.101.3.4.3.19',
};
const ECDSA_OIDS = { sha1: '1.2.840.10045.4.1', sha256: '1.2.840.10045.4.3.2', sha384: '1.2.840.10045.4.3.3', sha512: '1.2.840.10045.4.3.4' };
const RSA_OIDS = { sha1: '1.2.840.113549.1.1.5', sha256: '1.2.840.113549.1.1.11', sha384: '1.2.840.113549.1.1.12', sha512: '1.2.840.113549.1.1.13' };
const HASH_OIDS = { sha1: '1.3.14.3.2.26', sha256: '2.16.840.1.101.3.4.2.1', sha384: '2.16.840.1.101.3.4.2.2', sha512: '2.16.840.1.101.3.4.2.3' };
const DIGEST_BYTES = { sha1: 20, sha256: 32, sha384: 48, sha512: 64 };

/** Makes a new key. RSA takes long (RSA-2048 about 0.2 s): where any key will do, take sharedKey. */
export function makeKey(type: TestKeyType = 'P-256'): TestKey {
  const { privateKey, publicKey } = generate(type);
  return { type, privateKey, publicKey, spkiDer: new Uint8Array(publicKey.export({ type: 'spki', format: 'der' })) };
}

const shared = new Map<TestKeyType, TestKey>();

/** One key of each type for all tests of a process. */
export function sharedKey(type: TestKeyType): TestKey {
  const key = shared.get(type) ?? makeKey(type);
  shared.set(type, key);
  return key;
}

/** The AlgorithmIdentifier that a signature by `key` carries. */
export function signatureAlgorithm(key: TestKey, signing: TestSigning): pkijs.AlgorithmIdentifier {
  const digest = signing.digest ?? 'sha256';
  const isRsa = key.type.startsWith('RSA');
  if (isRsa && signing.pss === true) return pssAlgorithm(digest);
  const algorithmId = signing.signatureOid ?? PLAIN_OIDS[key.type] ?? (isRsa ? RSA_OIDS[digest] : ECDSA_OIDS[digest]);
  return isRsa ? new pkijs.AlgorithmIdentifier({ algorithmId, algorithmParams: new asn1js.Null() }) : new pkijs.AlgorithmIdentifier({ algorithmId });
}

export function signWith(key: TestKey, signing: TestSigning, bytes: Uint8Array): Uint8Array {
  const digest = signing.digest ?? 'sha256';
  if (PLAIN_OIDS[key.type] !== undefined) return sign(null, bytes, key.privateKey);
  if (signing.pss !== true) return sign(digest, bytes, key.privateKey);
  return sign(digest, bytes, { key: key.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: DIGEST_BYTES[digest] });
}

function pssAlgorithm(digest: TestDigest): pkijs.AlgorithmIdentifier {
  const hash = new pkijs.AlgorithmIdentifier({ algorithmId: HASH_OIDS[digest], algorithmParams: new asn1js.Null() });
  const parameters = new pkijs.RSASSAPSSParams({
    hashAlgorithm: hash,
    maskGenAlgorithm: new pkijs.AlgorithmIdentifier({ algorithmId: '1.2.840.113549.1.1.8', algorithmParams: hash.toSchema() }),
    saltLength: DIGEST_BYTES[digest],
  });
  return new pkijs.AlgorithmIdentifier({ algorithmId: '1.2.840.113549.1.1.10', algorithmParams: parameters.toSchema() });
}

function generate(type: TestKeyType): { privateKey: KeyObject; publicKey: KeyObject } {
  switch (type) {
    case 'P-256':
    case 'P-384':
    case 'P-521':
    case 'secp256k1':
      return generateKeyPairSync('ec', { namedCurve: type });
    case 'RSA-1024':
    case 'RSA-2048':
    case 'RSA-3072':
    case 'RSA-4096':
      return generateKeyPairSync('rsa', { modulusLength: Number(type.slice(4)) });
    case 'Ed25519':
      return generateKeyPairSync('ed25519');
    case 'Ed448':
      return generateKeyPairSync('ed448');
    case 'ML-DSA-44':
      return generateKeyPairSync('ml-dsa-44');
    case 'ML-DSA-65':
      return generateKeyPairSync('ml-dsa-65');
    case 'ML-DSA-87':
      return generateKeyPairSync('ml-dsa-87');
  }
}
