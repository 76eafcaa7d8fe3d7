// How is a signature made and named? The algorithms of IssueCertificate as DER and as node:crypto knows them.
import { constants, sign, type KeyObject } from 'node:crypto';
import { explicit, nullValue, objectIdentifier, sequence, smallInteger } from './der.ts';

type Hash = 'sha256' | 'sha384' | 'sha512';

const rsaOid: Record<Hash, string> = { sha256: '1.2.840.113549.1.1.11', sha384: '1.2.840.113549.1.1.12', sha512: '1.2.840.113549.1.1.13' };
const ecdsaOid: Record<Hash, string> = { sha256: '1.2.840.10045.4.3.2', sha384: '1.2.840.10045.4.3.3', sha512: '1.2.840.10045.4.3.4' };
const hashOid: Record<Hash, string> = { sha256: '2.16.840.1.101.3.4.2.1', sha384: '2.16.840.1.101.3.4.2.2', sha512: '2.16.840.1.101.3.4.2.3' };
const saltLength: Record<Hash, number> = { sha256: 32, sha384: 48, sha512: 64 };
const pssOid = '1.2.840.113549.1.1.10';
const mgf1Oid = '1.2.840.113549.1.1.8';

/** AlgorithmIdentifier of a SigningAlgorithm of the API, for example SHA256WITHRSA. */
export function algorithmIdentifier(signing: string): Buffer {
  const { hash, scheme } = partsOf(signing);
  if (scheme === 'ECDSA') return sequence(objectIdentifier(ecdsaOid[hash]));
  if (scheme === 'RSA') return sequence(objectIdentifier(rsaOid[hash]), nullValue());
  const digest = sequence(objectIdentifier(hashOid[hash]), nullValue());
  return sequence(
    objectIdentifier(pssOid),
    sequence(explicit(0, digest), explicit(1, sequence(objectIdentifier(mgf1Oid), digest)), explicit(2, smallInteger(saltLength[hash]))),
  );
}

/** Signs bytes; the result is what X.509 puts into signatureValue. */
export function signBytes(bytes: Uint8Array, signing: string, key: KeyObject): Buffer {
  const { hash, scheme } = partsOf(signing);
  if (scheme !== 'RSA_PSS') return sign(hash, bytes, key);
  return sign(hash, bytes, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: saltLength[hash] });
}

function partsOf(signing: string): { readonly hash: Hash; readonly scheme: string } {
  const [, bits, scheme] = /^SHA(256|384|512)WITH(ECDSA|RSA|RSA_PSS)$/.exec(signing) ?? [];
  if (bits === '256') return { hash: 'sha256', scheme: String(scheme) };
  if (bits === '384') return { hash: 'sha384', scheme: String(scheme) };
  if (bits === '512') return { hash: 'sha512', scheme: String(scheme) };
  throw new RangeError(`${signing} is not an algorithm that the emulator signs with`);
}
