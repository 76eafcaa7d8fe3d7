// Does this signature verify? Which algorithms count is a closed table; an algorithm outside it is named, never guessed.
import { constants, type KeyObject, verify } from 'node:crypto';
import { type AlgorithmIdentifier, Fields, misshapen, readAlgorithm, smallIntegerOf } from './der-values.ts';
import { type DerNode, TAG } from './der.ts';
import { PkiError } from './error.ts';

type Scheme =
  | { readonly kind: 'pkcs1'; readonly hash: string }
  | { readonly kind: 'ecdsa'; readonly hash: string }
  | { readonly kind: 'pss'; readonly hash: string; readonly saltLength: number }
  /** Signs the message itself. */
  | { readonly kind: 'pure'; readonly keyType: string };

const PSS = '1.2.840.113549.1.1.10';
const MGF1 = '1.2.840.113549.1.1.8';

const SCHEMES: ReadonlyMap<string, Scheme> = new Map<string, Scheme>([
  ['1.2.840.113549.1.1.11', { kind: 'pkcs1', hash: 'sha256' }],
  ['1.2.840.113549.1.1.12', { kind: 'pkcs1', hash: 'sha384' }],
  ['1.2.840.113549.1.1.13', { kind: 'pkcs1', hash: 'sha512' }],
  ['1.2.840.10045.4.3.2', { kind: 'ecdsa', hash: 'sha256' }],
  ['1.2.840.10045.4.3.3', { kind: 'ecdsa', hash: 'sha384' }],
  ['1.2.840.10045.4.3.4', { kind: 'ecdsa', hash: 'sha512' }],
  ['1.3.101.112', { kind: 'pure', keyType: 'ed25519' }],
  ['1.3.101.113', { kind: 'pure', keyType: 'ed448' }],
  ['2.16.840.1.101.3.4.3.17', { kind: 'pure', keyType: 'ml-dsa-44' }],
  ['2.16.840.1.101.3.4.3.18', { kind: 'pure', keyType: 'ml-dsa-65' }],
  ['2.16.840.1.101.3.4.3.19', { kind: 'pure', keyType: 'ml-dsa-87' }],
]);

/** Signatures over digests that can be forged. */
const WEAK: ReadonlyMap<string, string> = new Map([
  ['1.2.840.113549.1.1.2', 'MD2 with RSA'],
  ['1.2.840.113549.1.1.4', 'MD5 with RSA'],
  ['1.2.840.113549.1.1.5', 'SHA-1 with RSA'],
  ['1.3.14.3.2.29', 'SHA-1 with RSA'],
  ['1.2.840.10045.4.1', 'ECDSA with SHA-1'],
  ['1.2.840.10040.4.3', 'DSA with SHA-1'],
]);

const PSS_HASHES: ReadonlyMap<string, string> = new Map([
  ['2.16.840.1.101.3.4.2.1', 'sha256'],
  ['2.16.840.1.101.3.4.2.2', 'sha384'],
  ['2.16.840.1.101.3.4.2.3', 'sha512'],
]);
const SHA1 = '1.3.14.3.2.26';

/**
 * Names a signature algorithm whose digest can be forged; undefined for every other one, known or not.
 * @throws PkiError 'not-der' when RSA-PSS parameters cannot be read
 */
export function weaknessOf({ oid, parameters }: AlgorithmIdentifier): string | undefined {
  if (oid !== PSS) return WEAK.get(oid);
  const hash = parameters && only(Fields.ofSequence('RSA-PSS parameters', parameters).optional(0xa0));
  return hash === undefined || readHash('RSA-PSS hash', hash) === SHA1 ? 'RSA-PSS over SHA-1' : undefined;
}

/**
 * What the AlgorithmIdentifier of a signature asks for.
 * @throws PkiError 'unsupported-algorithm' (with the OID), 'weak-algorithm', 'not-der'
 */
export function readScheme({ oid, parameters }: AlgorithmIdentifier): Scheme {
  const weak = weaknessOf({ oid, parameters });
  if (weak !== undefined) throw new PkiError('weak-algorithm', `The CSR is signed with ${weak}, which is no longer safe; sign it with SHA-256 or better.`);
  if (oid === PSS && parameters !== undefined) return readPss(parameters);
  const scheme = SCHEMES.get(oid);
  if (scheme === undefined) throw new PkiError('unsupported-algorithm', `The CSR is signed with an algorithm that is not supported (OID ${oid}).`);
  assertNoParameters('signature algorithm', parameters);
  return scheme;
}

/**
 * Whether `signature` over `signed` verifies under `key`. False also when the key is of a kind that cannot have made it.
 */
export function isSignatureValid(scheme: Scheme, key: KeyObject, signed: Uint8Array, signature: Uint8Array): boolean {
  const type = key.asymmetricKeyType ?? '';
  try {
    switch (scheme.kind) {
      case 'pkcs1':
        return type === 'rsa' && verify(scheme.hash, signed, { key, padding: constants.RSA_PKCS1_PADDING }, signature);
      case 'pss':
        return (
          (type === 'rsa' || type === 'rsa-pss') &&
          verify(scheme.hash, signed, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: scheme.saltLength }, signature)
        );
      case 'ecdsa':
        return type === 'ec' && verify(scheme.hash, signed, key, signature);
      case 'pure':
        return type === scheme.keyType && verify(null, signed, key, signature);
    }
  } catch {
    // OpenSSL refuses some keys only now (a modulus beyond its limit): such a signature proves nothing.
    return false;
  }
}

/** RSASSA-PSS-params (RFC 4055 3.1) with a hash that is not SHA-1. */
function readPss(parameters: DerNode): Scheme {
  const fields = Fields.ofSequence('RSA-PSS parameters', parameters);
  const hash = only(fields.optional(0xa0));
  const mask = only(fields.optional(0xa1));
  const salt = only(fields.optional(0xa2));
  const trailer = only(fields.optional(0xa3));
  fields.end();
  const hashOid = hash === undefined ? SHA1 : readHash('RSA-PSS hash', hash);
  const hashName = PSS_HASHES.get(hashOid);
  if (hashName === undefined) throw unsupportedPss(`the hash ${hashOid}`);
  const maskAlgorithm = mask && readAlgorithm('RSA-PSS mask', mask);
  const maskHash = maskAlgorithm?.parameters && readHash('RSA-PSS mask hash', maskAlgorithm.parameters);
  // OpenSSL's one-shot verify uses one hash for both, and so does every signer in use.
  if (maskAlgorithm?.oid !== MGF1 || maskHash !== hashOid) throw unsupportedPss('a mask function other than MGF1 with the same hash');
  if (trailer !== undefined && smallIntegerOf('RSA-PSS trailer', trailer) !== 1) throw unsupportedPss('an unknown trailer');
  return { kind: 'pss', hash: hashName, saltLength: salt === undefined ? 20 : smallIntegerOf('RSA-PSS salt length', salt) };
}

function readHash(of: string, node: DerNode): string {
  const { oid, parameters } = readAlgorithm(of, node);
  assertNoParameters(of, parameters);
  return oid;
}

/** Absent or NULL: signers write both (RFC 8017 A.2.1). Anything else would be bytes that nobody signed and nobody read. */
function assertNoParameters(of: string, parameters: DerNode | undefined): void {
  if (parameters !== undefined && parameters.tag !== TAG.null) throw misshapen(of, 'has parameters that do not belong there');
}

/** The one element inside an explicit tag. */
function only(node: DerNode | undefined): DerNode | undefined {
  if (node === undefined) return undefined;
  const fields = new Fields('RSA-PSS parameter', node.children);
  const value = fields.next('value');
  fields.end();
  return value;
}

function unsupportedPss(what: string): PkiError {
  return new PkiError('unsupported-algorithm', `The CSR is signed with RSA-PSS (OID ${PSS}) with ${what}, which is not supported.`);
}
