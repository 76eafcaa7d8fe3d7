// What does a CSR ask for, and does whoever wrote it hold the key?
import { createHash, type KeyObject } from 'node:crypto';
import { describePublicKey, loadPublicKey, type PublicKeyFacts, unloadableKey } from './algorithms.ts';
import { type AlgorithmIdentifier, Fields, misshapen, oidOf, readAlgorithm, smallIntegerOf, wholeBytesOf, withCode } from './der-values.ts';
import { type DerNode, readDer, TAG } from './der.ts';
import { type DistinguishedName, readName } from './distinguished-name.ts';
import { PkiError } from './error.ts';
import { type ExtensionFacts, NO_EXTENSIONS, readExtensions } from './extensions.ts';
import { readPem, writePem } from './pem.ts';
import { Recent } from './recent.ts';
import { isSignatureValid, readScheme } from './signature.ts';

export interface CsrFacts extends ExtensionFacts {
  readonly der: Uint8Array;
  /** Canonical: the bytes that are sent to AWS. */
  readonly pem: string;
  /** Of the DER, lower-case hex. */
  readonly sha256: string;
  readonly publicKey: PublicKeyFacts;
  /** RFC 4514, for people; '' when empty. */
  readonly subject: string;
  readonly subjectIsEmpty: boolean;
  readonly commonName: string | undefined;
}

/** AWS takes no larger one. */
const LARGEST_CSR_BYTES = 32_768;
const LABELS: ReadonlySet<string> = new Set(['CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST']);
const EXTENSION_REQUEST = '1.2.840.113549.1.9.14';

interface CsrParts {
  readonly signed: Uint8Array;
  readonly subject: DistinguishedName;
  readonly key: KeyObject | undefined;
  readonly publicKey: PublicKeyFacts;
  readonly extensions: ExtensionFacts;
  readonly algorithm: AlgorithmIdentifier;
  readonly signature: Uint8Array;
}

/**
 * Reads a PKCS #10 request (RFC 2986) and verifies its signature under its own key. Whether PCA can sign such a key is
 * not asked here: an Ed25519 or RSA-1024 CSR is read like any other.
 * @param pem  exactly one block, CERTIFICATE REQUEST or NEW CERTIFICATE REQUEST, at most 32768 bytes
 * @throws PkiError 'too-large', 'not-pem', 'not-der', 'bad-csr', 'bad-signature', 'unsupported-algorithm', or
 *   'weak-algorithm' for SHA-1 and older; each message is a sentence for the condition of the request
 */
export function readCsr(pem: string): CsrFacts {
  return recentRequests.get(pem, () => read(pem));
}

/** A request is looked at once when it is ordered and once when it is signed. */
const recentRequests = new Recent<CsrFacts>(128);

function read(pem: string): CsrFacts {
  const der = singleBlock(pem);
  const canonical = writePem('CERTIFICATE REQUEST', der);
  if (canonical.length > LARGEST_CSR_BYTES) throw tooLarge(canonical.length);
  const tree = readDer(der);
  const parts = withCode('bad-csr', 'The CSR', () => readParts(tree));
  assertSelfSigned(parts);
  return {
    der,
    pem: canonical,
    sha256: createHash('sha256').update(der).digest('hex'),
    publicKey: parts.publicKey,
    subject: parts.subject.text,
    subjectIsEmpty: parts.subject.isEmpty,
    commonName: parts.subject.commonName,
    ...parts.extensions,
  };
}

function singleBlock(pem: string): Uint8Array {
  if (Buffer.byteLength(pem) > LARGEST_CSR_BYTES) throw tooLarge(Buffer.byteLength(pem));
  const [block, ...more] = readPem(pem);
  if (block === undefined || more.length > 0) throw new PkiError('not-pem', `The CSR must be one PEM block; there are ${more.length + 1}.`);
  if (!LABELS.has(block.label)) throw new PkiError('not-pem', `The CSR must be a PEM block CERTIFICATE REQUEST; this one is ${block.label}.`);
  return block.der;
}

function readParts(tree: DerNode): CsrParts {
  const request = Fields.ofSequence('request', tree);
  const info = request.take(TAG.sequence, 'body');
  const algorithm = readAlgorithm('signature algorithm', request.take(TAG.sequence, 'signature algorithm'));
  const signature = wholeBytesOf('signature', request.take(TAG.bitString, 'signature'));
  request.end();

  const fields = Fields.ofSequence('body', info);
  if (smallIntegerOf('version', fields.take(TAG.integer, 'version')) !== 0) throw misshapen('version', 'is not 1');
  const subject = readName('subject', fields.take(TAG.sequence, 'subject'));
  const spkiDer = fields.take(TAG.sequence, 'public key').der;
  const attributes = fields.optional(0xa0);
  fields.end();
  const key = loadPublicKey(spkiDer);
  const publicKey = describePublicKey(spkiDer, key);
  return { signed: info.der, subject, key, publicKey, extensions: readRequested(attributes), algorithm, signature };
}

/** The extensions asked for (RFC 2985 5.4.2). Other attributes, such as a challenge password, ask for nothing. */
function readRequested(attributes: DerNode | undefined): ExtensionFacts {
  const lists: DerNode[] = [];
  for (const attribute of attributes?.children ?? []) {
    const fields = Fields.ofSequence('attribute', attribute);
    const type = oidOf(fields.take(TAG.oid, 'type'));
    const values = fields.take(TAG.set, 'values');
    fields.end();
    if (type === EXTENSION_REQUEST) lists.push(...values.children);
  }
  const [list, ...more] = lists;
  // Two lists would leave it to each reader which of them counts.
  if (more.length > 0) throw misshapen('list of requested extensions', 'is there twice');
  return list === undefined ? NO_EXTENSIONS : readExtensions(list);
}

function assertSelfSigned({ algorithm, key, publicKey, signed, signature }: CsrParts): void {
  const scheme = withCode('bad-csr', 'The CSR', () => readScheme(algorithm));
  if (key === undefined) throw unloadableKey(publicKey.spkiDer);
  if (!isSignatureValid(scheme, key, signed, signature)) {
    throw new PkiError('bad-signature', "The CSR's signature does not verify under its own public key: it was altered, or signed with another key.");
  }
}

function tooLarge(bytes: number): PkiError {
  return new PkiError('too-large', `The CSR has ${bytes} bytes as PEM; AWS Private CA takes at most ${LARGEST_CSR_BYTES}.`);
}
