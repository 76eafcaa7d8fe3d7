// Which keys do certificate authorities have, and which signatures can those keys make?
import { generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { ApiError } from '../wire/api-error.ts';

export type KeyAlgorithm = 'RSA_2048' | 'RSA_3072' | 'RSA_4096' | 'EC_prime256v1' | 'EC_secp384r1' | 'EC_secp521r1';

export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

interface KeyKind {
  readonly family: 'RSA' | 'EC';
  readonly generate: () => Promise<KeyPair>;
  readonly defaultSigning: string;
}

const generate = promisify(generateKeyPair);

const rsa = (modulusLength: number): KeyKind => ({
  family: 'RSA',
  generate: () => generate('rsa', { modulusLength }),
  defaultSigning: 'SHA256WITHRSA',
});

const ec = (namedCurve: string, defaultSigning: string): KeyKind => ({
  family: 'EC',
  generate: () => generate('ec', { namedCurve }),
  defaultSigning,
});

const keyKinds: Readonly<Record<KeyAlgorithm, KeyKind>> = {
  RSA_2048: rsa(2048),
  RSA_3072: rsa(3072),
  RSA_4096: rsa(4096),
  EC_prime256v1: ec('prime256v1', 'SHA256WITHECDSA'),
  EC_secp384r1: ec('secp384r1', 'SHA384WITHECDSA'),
  EC_secp521r1: ec('secp521r1', 'SHA512WITHECDSA'),
};

export const keyAlgorithms: readonly string[] = Object.keys(keyKinds);

/** Regions in which P-256 and P-384 keys sign with any hash. */
const legacyRegions: ReadonlySet<string> = new Set([
  'us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'eu-west-1', 'eu-west-2', 'eu-west-3', 'eu-central-1', 'eu-north-1',
  'ap-south-1', 'ap-northeast-1', 'ap-northeast-2', 'ap-southeast-1', 'ap-southeast-2', 'ap-east-1', 'sa-east-1',
  'me-south-1', 'af-south-1', 'us-gov-east-1', 'us-gov-west-1',
]);

export function isKeyAlgorithm(name: string): name is KeyAlgorithm {
  return Object.hasOwn(keyKinds, name);
}

/** A fresh key; made beside the event loop, for RSA-4096 takes seconds. */
export function newKeyPair(algorithm: KeyAlgorithm): Promise<KeyPair> {
  return keyKinds[algorithm].generate();
}

/** The algorithm that a CA signs with when nobody names one. */
export function defaultSigningAlgorithm(algorithm: KeyAlgorithm): string {
  return keyKinds[algorithm].defaultSigning;
}

/** The signing algorithms that a CA of this key takes in this region. */
function validSigningAlgorithms(algorithm: KeyAlgorithm, region: string): readonly string[] {
  const { family, defaultSigning } = keyKinds[algorithm];
  const hashes = ['SHA256', 'SHA384', 'SHA512'];
  if (family === 'RSA') return [...hashes.map((hash) => `${hash}WITHRSA`), ...hashes.map((hash) => `${hash}WITHRSA_PSS`)];
  if (algorithm === 'EC_secp521r1' || !legacyRegions.has(region)) return [defaultSigning];
  return hashes.map((hash) => `${hash}WITHECDSA`);
}

/**
 * @throws ApiError InvalidArgsException when the CA's key cannot make that signature
 */
export function checkSigningAlgorithm(signing: string, algorithm: KeyAlgorithm, region: string): void {
  const valid = validSigningAlgorithms(algorithm, region);
  if (valid.includes(signing)) return;
  // AWS's known sentence lists the PKCS #1 algorithms only.
  const listed = valid.filter((name) => !name.endsWith('_PSS')).join(', ');
  throw new ApiError(
    'InvalidArgsException',
    `Signing algorithm ${signing} cannot be used with key type ${algorithm}. Valid signing algorithms are: ${listed}.`,
  );
}
