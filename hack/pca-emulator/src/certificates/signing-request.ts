// Is this a CSR that AWS would take? Parsed, its own signature verified, its key of a kind that PCA knows.
import { constants, createHash, createPublicKey, verify, type KeyObject } from 'node:crypto';
import { ApiError } from '../wire/api-error.ts';
import { bitsOf, oidOf, read, type DerNode } from './der.ts';
import { readExtensions, type Extension } from './extension.ts';
import { extensionRequestAttribute } from './object-identifiers.ts';
import { fromPem } from './pem.ts';

export interface SigningRequest {
  /** DER of the Name, byte for byte as requested. */
  readonly subject: Buffer;
  /** DER of SubjectPublicKeyInfo, byte for byte as requested. */
  readonly spki: Buffer;
  readonly extensions: readonly Extension[];
}

const longestCommonName = 64;
const commonNameOid = '2.5.4.3';
const goodRsaBits: ReadonlySet<number> = new Set([2048, 3072, 4096]);
const goodCurves: ReadonlySet<string> = new Set(['prime256v1', 'secp384r1', 'secp521r1']);

const digestOf: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.5': 'sha1', '1.2.840.113549.1.1.11': 'sha256', '1.2.840.113549.1.1.12': 'sha384', '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.10045.4.1': 'sha1', '1.2.840.10045.4.3.2': 'sha256', '1.2.840.10045.4.3.3': 'sha384', '1.2.840.10045.4.3.4': 'sha512',
  '2.16.840.1.101.3.4.2.1': 'sha256', '2.16.840.1.101.3.4.2.2': 'sha384', '2.16.840.1.101.3.4.2.3': 'sha512',
};
const pssOid = '1.2.840.113549.1.1.10';
const modernOids = /^2\.16\.840\.1\.101\.3\.4\.3\.1[789]$/;

/**
 * Reads and judges a CSR.
 * @param pem  the Csr member after base64, as bytes of PEM
 * @throws ApiError MalformedCSRException
 */
export function readSigningRequest(pem: Buffer): SigningRequest {
  const der = fromPem(pem.toString('latin1'), ['CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST']);
  if (der === undefined) throw malformed('it is not one PEM block of a certificate request');
  let parts: ReturnType<typeof partsOf>;
  let publicKey: KeyObject;
  try {
    parts = partsOf(der);
    publicKey = createPublicKey({ key: parts.spki, format: 'der', type: 'spki' });
  } catch {
    throw malformed('it cannot be parsed');
  }
  if (!isKnownKey(publicKey)) throw malformed('its key algorithm or key size is not supported');
  if (!isSignedBy(publicKey, parts)) throw malformed('its signature does not verify');
  if (hasLongCommonName(parts.name)) throw malformed(`its common name is longer than ${longestCommonName} octets`);
  return { subject: parts.name.raw, spki: parts.spki, extensions: parts.extensions };
}

/** Lower-case hex by which the journal tells CSRs apart: of the DER, or of the bytes when they are not PEM. */
export function signingRequestSha256(pem: Buffer): string {
  const der = fromPem(pem.toString('latin1'), ['CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST']);
  return createHash('sha256').update(der ?? pem).digest('hex');
}

export function malformed(why: string): ApiError {
  return new ApiError('MalformedCSRException', `The certificate signing request cannot be verified or validated: ${why}.`);
}

function partsOf(der: Buffer) {
  const [info, algorithm, signature] = read(der).children;
  const [, name, spki, attributes] = info?.children ?? [];
  if (info === undefined || algorithm === undefined || name === undefined || spki === undefined) throw new RangeError('parts are absent');
  const requests = (attributes?.children ?? []).filter((attribute) => oidOf(attribute.children[0]) === extensionRequestAttribute);
  const extensions = requests.flatMap((attribute) => (attribute.children[1]?.children ?? []).flatMap((value) => readExtensions(value.raw)));
  return { signed: info.raw, name, spki: spki.raw, extensions, algorithm, signature: bitsOf(signature) };
}

function isKnownKey(key: KeyObject): boolean {
  const details = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'rsa') return goodRsaBits.has(details.modulusLength ?? 0);
  if (key.asymmetricKeyType === 'ec') return goodCurves.has(details.namedCurve ?? '');
  return key.asymmetricKeyType?.startsWith('ml-dsa-') ?? false;
}

function isSignedBy(key: KeyObject, { signed, algorithm, signature }: ReturnType<typeof partsOf>): boolean {
  const oid = oidOf(algorithm.children[0]);
  try {
    if (modernOids.test(oid)) return verify(null, signed, key, signature);
    if (oid === pssOid) {
      const digest = digestOf[pssHashOid(algorithm)] ?? 'sha1';
      return verify(digest, signed, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_AUTO }, signature);
    }
    const digest = digestOf[oid];
    return digest !== undefined && verify(digest, signed, key, signature);
  } catch {
    return false;
  }
}

/** RSASSA-PSS-params, hashAlgorithm [0]; absent means SHA-1. */
function pssHashOid(algorithm: DerNode): string {
  const hash = algorithm.children[1]?.children.find((field) => field.tagClass === 3 && field.tag === 0);
  return hash === undefined ? '' : oidOf(hash.children[0]?.children[0]);
}

function hasLongCommonName(name: DerNode): boolean {
  const attributes = name.children.flatMap((relative) => relative.children);
  return attributes.some(({ children: [type, value] }) => oidOf(type) === commonNameOid && (value?.content.length ?? 0) > longestCommonName);
}
