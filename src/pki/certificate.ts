// What does a certificate say, and did this one sign that one?
import { createHash, type KeyObject, X509Certificate } from 'node:crypto';
import { describePublicKey, type KeyUsage, type PublicKeyFacts } from './algorithms.ts';
import type { Constraints } from './constraints.ts';
import { Fields, misshapen, readAlgorithm, smallIntegerOf, timeOf, wholeBytesOf, withCode } from './der-values.ts';
import { type DerNode, readDer, TAG } from './der.ts';
import { type DistinguishedName, readName } from './distinguished-name.ts';
import { PkiError } from './error.ts';
import { type ExtensionFacts, NO_EXTENSIONS, type OtherExtension, readExtensions } from './extensions.ts';
import type { GeneralName } from './general-name.ts';
import { writePem } from './pem.ts';
import { weaknessOf } from './signature.ts';

export interface CertificateFacts {
  readonly der: Uint8Array;
  /** Canonical PEM. */
  readonly pem: string;
  /** Of the DER, lower-case hex. */
  readonly sha256: string;
  /** RFC 4514, for people; '' when empty. */
  readonly subject: string;
  readonly issuer: string;
  readonly commonName: string | undefined;
  /** DER of the names in hex: two names are the same exactly if these are. */
  readonly rawSubject: string;
  readonly rawIssuer: string;
  /** Lower-case hex. */
  readonly serial: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly publicKey: PublicKeyFacts;
  /** Basic constraints say CA:TRUE; a certificate without them is not a CA here, as in Go. */
  readonly isCA: boolean;
  readonly pathLength: number | undefined;
  readonly keyUsages: readonly KeyUsage[] | undefined;
  /** OIDs. */
  readonly extendedKeyUsages: readonly string[] | undefined;
  readonly sans: readonly GeneralName[];
  readonly subjectIsEmpty: boolean;
  /** All beyond key usage, extended key usage, SAN, subject key identifier and basic constraints. */
  readonly otherExtensions: readonly OtherExtension[];
  readonly constraints: Constraints;
  /** The name of a signature algorithm that can be forged ('SHA-1 with RSA'); undefined for a sound one. */
  readonly weakness: string | undefined;
  /** Subject equals issuer and the signature verifies under its own key. */
  readonly isSelfSigned: boolean;
  readonly x509: X509Certificate;
}

interface CertificateParts {
  readonly subject: DistinguishedName;
  readonly issuer: DistinguishedName;
  readonly rawSubject: string;
  readonly rawIssuer: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly spkiDer: Uint8Array;
  readonly extensions: ExtensionFacts;
  readonly weakness: string | undefined;
}

/**
 * Reads one X.509 certificate (RFC 5280 4.1). Dates, usages and signature are reported, not judged.
 * @throws PkiError 'not-der' or 'too-large' from the bytes, 'bad-certificate' from what they say
 */
export function readCertificate(der: Uint8Array): CertificateFacts {
  const tree = readDer(der);
  const { subject, issuer, rawSubject, rawIssuer, spkiDer, extensions, weakness, notBefore, notAfter } = withCode('bad-certificate', 'The certificate', () => readParts(tree));
  const x509 = loadX509(der);
  const publicKey = withCode('bad-certificate', 'The certificate', () => describePublicKey(spkiDer, keyOf(x509)));
  return {
    der,
    pem: writePem('CERTIFICATE', der),
    sha256: createHash('sha256').update(der).digest('hex'),
    subject: subject.text,
    issuer: issuer.text,
    commonName: subject.commonName,
    rawSubject,
    rawIssuer,
    serial: x509.serialNumber.toLowerCase(),
    notBefore,
    notAfter,
    publicKey,
    isCA: extensions.basicConstraints?.isCA ?? false,
    pathLength: extensions.basicConstraints?.pathLength,
    keyUsages: extensions.keyUsages,
    extendedKeyUsages: extensions.extendedKeyUsages,
    sans: extensions.sans,
    subjectIsEmpty: subject.isEmpty,
    otherExtensions: extensions.otherExtensions,
    constraints: extensions.constraints,
    weakness,
    isSelfSigned: rawSubject === rawIssuer && isSignatureBy(x509, x509),
    x509,
  };
}

/**
 * Whether `issuer` is a CA certificate that issued `certificate`: the names are the same byte for byte (as Go compares
 * them), the key identifiers agree where both are given, the issuer's key usage allows it, the signature verifies.
 * Dates, path lengths and name constraints are the proof's to judge.
 */
export function isSignedBy(certificate: CertificateFacts, issuer: CertificateFacts): boolean {
  if (!issuer.isCA || certificate.rawIssuer !== issuer.rawSubject) return false;
  const verdicts = verdictsOn.get(certificate) ?? new WeakMap<CertificateFacts, boolean>();
  verdictsOn.set(certificate, verdicts);
  const verdict = verdicts.get(issuer) ?? (certificate.x509.checkIssued(issuer.x509) && isSignatureBy(certificate.x509, issuer.x509));
  verdicts.set(issuer, verdict);
  return verdict;
}

/** Facts never change, so neither does what was found out about two of them. */
const verdictsOn = new WeakMap<CertificateFacts, WeakMap<CertificateFacts, boolean>>();

function keyOf(x509: X509Certificate): KeyObject | undefined {
  try {
    return x509.publicKey;
  } catch {
    return undefined;
  }
}

function isSignatureBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  const key = keyOf(issuer);
  // An issuer whose key OpenSSL cannot load has signed nothing that we could stand for.
  return key !== undefined && certificate.verify(key);
}

function readParts(tree: DerNode): CertificateParts {
  const certificate = Fields.ofSequence('certificate', tree);
  const body = certificate.take(TAG.sequence, 'body');
  const algorithm = certificate.take(TAG.sequence, 'signature algorithm');
  wholeBytesOf('signature', certificate.take(TAG.bitString, 'signature'));
  certificate.end();

  const fields = Fields.ofSequence('body', body);
  const [version] = fields.optional(0xa0)?.children ?? [];
  const serial = fields.take(TAG.integer, 'serial number');
  const signedAlgorithm = fields.take(TAG.sequence, 'signature algorithm');
  const issuer = fields.take(TAG.sequence, 'issuer');
  const validity = Fields.ofSequence('validity', fields.take(TAG.sequence, 'validity'));
  const subject = fields.take(TAG.sequence, 'subject');
  const spki = fields.take(TAG.sequence, 'public key');
  fields.optional(0x81); // issuerUniqueID
  fields.optional(0x82); // subjectUniqueID
  const extensions = fields.optional(0xa3);
  fields.end();
  if (extensions !== undefined && (version === undefined || smallIntegerOf('version', version) !== 2)) {
    throw misshapen('certificate', 'has extensions, but its version does not allow them');
  }
  const weakness = weaknessOf(readAlgorithm('signature algorithm', algorithm));
  // Go refuses both, and so istiod and cert-manager would.
  if (Buffer.compare(algorithm.der, signedAlgorithm.der) !== 0) throw misshapen('certificate', 'names two signature algorithms');
  if ((serial.content[0] ?? 0) >= 0x80) throw misshapen('serial number', 'is negative');
  return {
    subject: readName('subject', subject),
    issuer: readName('issuer', issuer),
    rawSubject: Buffer.from(subject.der).toString('hex'),
    rawIssuer: Buffer.from(issuer.der).toString('hex'),
    notBefore: timeOf('start of the validity', validity.next('start')),
    notAfter: timeOf('end of the validity', validity.next('end')),
    spkiDer: spki.der,
    extensions: extensions === undefined ? NO_EXTENSIONS : readExtensions(new Fields('extensions', extensions.children).next('list')),
    weakness,
  };
}

/** OpenSSL's reading, for signatures; it must see the same bytes as we do. */
function loadX509(der: Uint8Array): X509Certificate {
  let x509: X509Certificate;
  try {
    x509 = new X509Certificate(der);
  } catch (error) {
    throw new PkiError('bad-certificate', 'The certificate cannot be read: OpenSSL refuses it.', { cause: error });
  }
  if (!x509.raw.equals(der)) throw new PkiError('bad-certificate', 'The certificate cannot be read: OpenSSL would write it with other bytes.');
  return x509;
}
