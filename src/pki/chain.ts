// Which of these certificates is the leaf, who stands above it, and what is published of them?
import { type CertificateFacts, readCertificate } from './certificate.ts';
import { PkiError } from './error.ts';
import { climb } from './path.ts';
import { LARGEST_PEM_BYTES, type PemBlock, readPem } from './pem.ts';
import { Recent } from './recent.ts';

export interface Chain {
  readonly leaf: CertificateFacts;
  /** Issuing CA first, no root. */
  readonly intermediates: readonly CertificateFacts[];
  /** Self-signed top; undefined when no way leads to one. A leaf is never its own root. */
  readonly root: CertificateFacts | undefined;
  /** Whether the root was among the certificates given or only among the anchors. */
  readonly rootFrom: 'chain' | 'anchor' | undefined;
  /** Given, but not on the way; by SHA-256. */
  readonly unused: readonly CertificateFacts[];
}

const MOST_CERTIFICATES = 32;
/** The CAs above the leaf are the same in every answer; by their bytes, so that no answer can change what another one means. */
const recentAuthorities = new Recent<CertificateFacts>(64);

/**
 * Orders the certificates that PCA returned and follows them from the leaf to a root. The result depends on the set of
 * certificates alone, not on their order, their repetition or how their PEM is written.
 * @param pems     PEM texts in any order; blank ones are passed over. Together at most 330000 bytes and 32 certificates.
 * @param spkiDer  the key of the CSR; who carries it is the leaf (one that is not self-signed goes first).
 * @param anchors  configured trust anchors, which stand in for a root that was not given.
 * @returns facts, no judgement: dates, path lengths and usages are domain/proof.ts's.
 * @throws PkiError 'no-leaf', 'too-many', 'bad-certificate', 'not-pem' or 'too-large'
 */
export function followChain(pems: readonly string[], spkiDer: Uint8Array, anchors: readonly CertificateFacts[]): Chain {
  const given = readCertificates(pems);
  const leaf = given.filter(({ publicKey }) => equalBytes(publicKey.spkiDer, spkiDer)).toSorted(likeliestLeafFirst)[0];
  if (leaf === undefined) throw new PkiError('no-leaf', 'None of the certificates carries the public key of the CSR.');
  const others = given.filter((certificate) => certificate !== leaf);
  const inChain = new Set(others.map(({ sha256 }) => sha256));
  const standIns = distinct(anchors).filter(({ sha256, isSelfSigned }) => isSelfSigned && sha256 !== leaf.sha256 && !inChain.has(sha256));
  const { intermediates, root } = climb(leaf, [...others, ...standIns], inChain);
  const onTheWay = new Set<CertificateFacts | undefined>([...intermediates, root]);
  return {
    leaf,
    intermediates,
    root,
    rootFrom: root && (inChain.has(root.sha256) ? 'chain' : 'anchor'),
    unused: others.filter((certificate) => !onTheWay.has(certificate)).toSorted(byHash),
  };
}

/**
 * The PEM bundle that is published as `ca`: root and anchors, each once, by SHA-256. The same certificates always give
 * the same bytes (docs/architecture.md, invariant 9), because istiod reloads only then.
 */
export function trustBundle(root: CertificateFacts, anchors: readonly CertificateFacts[]): string {
  return distinct([root, ...anchors]).toSorted(byHash).map(({ pem }) => pem).join('');
}

/** The PEM that is published as `certificate`: leaf, then intermediates, no root. */
export function chainPem(chain: Chain): string {
  return [chain.leaf, ...chain.intermediates].map(({ pem }) => pem).join('');
}

/**
 * Reads the trust anchors that people configured.
 * @param bundle  PEM, at most 330000 bytes; each block a self-signed CA certificate.
 * @returns each certificate once, in the order of the bundle.
 * @throws PkiError whose message names the block and what is wrong with it: 'not-pem', 'bad-certificate' or 'too-large'
 */
export function readAnchors(bundle: string): readonly CertificateFacts[] {
  return distinct(
    readPem(bundle).map((block, index) => {
      const certificate = readBlock(block, index + 1);
      const fault = anchorFault(certificate);
      if (fault !== undefined) {
        throw new PkiError('bad-certificate', `PEM block ${index + 1} (${certificate.subject || 'empty subject'}) ${fault}, so it cannot be a trust anchor.`);
      }
      return certificate;
    }),
  );
}

function anchorFault({ rawSubject, rawIssuer, issuer, isSelfSigned, isCA, keyUsages }: CertificateFacts): string | undefined {
  if (rawSubject !== rawIssuer) return `is not self-signed (its issuer is ${issuer})`;
  if (!isSelfSigned) return 'names itself as issuer, but its signature does not verify under its own key';
  if (!isCA) return 'is not a CA certificate';
  if (keyUsages !== undefined && !keyUsages.includes('cert sign')) return 'has a key usage without cert sign';
  return undefined;
}

function readCertificates(pems: readonly string[]): readonly CertificateFacts[] {
  const texts = pems.filter((pem) => pem.trim() !== '');
  const bytes = texts.reduce((sum, pem) => sum + Buffer.byteLength(pem), 0);
  if (bytes > LARGEST_PEM_BYTES) throw new PkiError('too-large', `The certificates have ${bytes} bytes, more than the ${LARGEST_PEM_BYTES} that are read.`);
  if (texts.length === 0) throw new PkiError('not-pem', 'There is no certificate: every text is blank.');
  // By their bytes, before anything is read: repetition must not cost a signature check each.
  const blocks = new Map(texts.flatMap((text) => readPem(text)).map((block) => [`${block.label} ${Buffer.from(block.der).toString('base64')}`, block]));
  if (blocks.size > MOST_CERTIFICATES) throw new PkiError('too-many', `There are ${blocks.size} different certificates; at most ${MOST_CERTIFICATES} are considered.`);
  return [...blocks].map(([bytes, block], index) => recentAuthorities.get(bytes, () => readBlock(block, index + 1), ({ isCA }) => isCA));
}

function readBlock({ label, der }: PemBlock, number: number): CertificateFacts {
  if (label !== 'CERTIFICATE') throw new PkiError('bad-certificate', `PEM block ${number} is ${label}, not CERTIFICATE.`);
  try {
    return readCertificate(der);
  } catch (error) {
    if (!(error instanceof PkiError)) throw error;
    throw new PkiError(error.code === 'too-large' ? 'too-large' : 'bad-certificate', `PEM block ${number}: ${error.message}`, { cause: error });
  }
}

function distinct(certificates: readonly CertificateFacts[]): readonly CertificateFacts[] {
  return [...new Map(certificates.map((certificate) => [certificate.sha256, certificate])).values()];
}

/** Not self-signed first, then the youngest, then by SHA-256. */
function likeliestLeafFirst(left: CertificateFacts, right: CertificateFacts): number {
  return Number(left.isSelfSigned) - Number(right.isSelfSigned) || right.notBefore.getTime() - left.notBefore.getTime() || byHash(left, right);
}

function byHash(left: CertificateFacts, right: CertificateFacts): number {
  return left.sha256 < right.sha256 ? -1 : 1;
}

function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}
