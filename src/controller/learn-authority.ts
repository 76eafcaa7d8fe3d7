// What can be known of a CA with the rights that we have: from Describe, else the last verified status, else its own
// certificate (docs/architecture.md). The CA's certificate is optional: users grant only Describe, Issue and Get (as in aws-privateca-issuer v1.12.0).
import type { AuthorityFacts } from '../domain/authority.ts';
import { tierOf } from '../domain/chain-constraints.ts';
import { succeed, type Result } from '../domain/failure.ts';
import { keyAlgorithmOf, signingAlgorithmFor, unverifiableByMesh } from '../domain/signing-algorithm.ts';
import { followChain } from '../pki/chain.ts';
import { readPem } from '../pki/pem.ts';
import { readCertificate, type CertificateFacts } from '../pki/certificate.ts';
import { PkiError } from '../pki/error.ts';
import type { Access, Authority, DescribedAuthority, SignedCertificate } from './ports.ts';

export async function learnAuthority(
  authority: Authority,
  access: Access,
  anchors: readonly CertificateFacts[],
  last: AuthorityFacts | undefined,
  signal: AbortSignal,
): Promise<Result<AuthorityFacts>> {
  const described = await authority.describe(access, signal);
  if (!described.ok && !described.failure.code.startsWith('AccessDenied')) return described;
  const answered = await authority.certificate(access, signal);
  const own = answered.ok ? readOwn(answered.value, anchors) : undefined;
  const facts = described.ok ? ofDescribed(described.value, own, last) : ofOwn(own, last);
  const { signingAlgorithm = last?.signingAlgorithm } = facts ?? {};
  if (facts !== undefined && signingAlgorithm !== undefined) return succeed({ ...facts, arn: access.authority.arn, signingAlgorithm });
  const failure = described.ok ? undefined : described.failure;
  return {
    ok: false,
    failure: failure ?? { class: 'misconfigured', code: 'NoSigningAlgorithm', message: 'AWS names no signing algorithm for this CA', operation: 'DescribeCertificateAuthority' },
  };
}

type Learnt = Omit<AuthorityFacts, 'arn' | 'signingAlgorithm'> & { readonly signingAlgorithm: string | undefined };

/** What one certificate of the CA tells, and what stands above it. */
type PathFacts = Pick<AuthorityFacts, 'pathLength' | 'rootSHA256' | 'rootNotAfter' | 'hasTrustAnchor' | 'unverifiableKey' | 'tiers'>;
type OwnFacts = PathFacts & Pick<AuthorityFacts, 'serial' | 'notAfter' | 'keyAlgorithm'>;

const unknownPath: PathFacts = { pathLength: undefined, rootSHA256: undefined, rootNotAfter: undefined, hasTrustAnchor: undefined, unverifiableKey: undefined, tiers: undefined };

/**
 * A CA's certificate may be renewed at any time, and under another root: path length and root are taken only from the
 * certificate whose serial number Describe gives, be it read now or at the last check, and are unknown otherwise.
 */
function ofDescribed(described: DescribedAuthority, own: OwnFacts | undefined, last: AuthorityFacts | undefined): Learnt {
  const { serial, keyAlgorithm = own?.keyAlgorithm, signingAlgorithm, notAfter, ...rest } = described;
  const current = [own, last].find((each) => each !== undefined && isSame(each.serial, serial));
  // Without a serial number nothing can be compared; AWS gives one with every certificate.
  const source = current ?? (serial === undefined ? own : undefined);
  return {
    ...rest,
    ...(source === undefined ? unknownPath : pathOf(source)),
    keyAlgorithm,
    signingAlgorithm: signingAlgorithmFor(keyAlgorithm, signingAlgorithm),
    serial: serial === undefined ? source?.serial : (source?.serial ?? plainSerial(serial)),
    notAfter: notAfter ?? source?.notAfter,
  };
}

/** Without the right to describe: the last verified status, with what the certificate of today says in its place. */
function ofOwn(own: OwnFacts | undefined, last: AuthorityFacts | undefined): Learnt | undefined {
  if (last !== undefined) return { ...last, ...own, keyAlgorithm: last.keyAlgorithm ?? own?.keyAlgorithm };
  return own && { ...own, type: undefined, status: undefined, usageMode: undefined, signingAlgorithm: signingAlgorithmFor(own.keyAlgorithm, undefined) };
}

function pathOf({ pathLength, rootSHA256, rootNotAfter, hasTrustAnchor, unverifiableKey, tiers }: PathFacts): PathFacts {
  return { pathLength, rootSHA256, rootNotAfter, hasTrustAnchor, unverifiableKey, tiers };
}

/** DescribeCertificateAuthority writes serial numbers with colons, certificates without. */
function plainSerial(serial: string): string {
  return serial.replaceAll(':', '').toLowerCase();
}

/** Both may have zeros in front. */
function isSame(own: string | undefined, described: string | undefined): boolean {
  const plain = (serial: string): string => plainSerial(serial).replace(/^0+/, '');
  return own !== undefined && described !== undefined && plain(own) === plain(described);
}

/** Reads the CA's certificate and what stands above it; a chain that cannot be read tells nothing. */
function readOwn({ certificate, chain = '' }: SignedCertificate, anchors: readonly CertificateFacts[]): OwnFacts | undefined {
  try {
    const [block] = readPem(certificate);
    if (block === undefined) return undefined;
    const own = readCertificate(block.der);
    const { intermediates, root } = followChain([certificate, chain], own.publicKey.spkiDer, anchors);
    const top = own.isSelfSigned ? own : root;
    const path = own.isSelfSigned ? [own] : [own, ...intermediates, ...(root === undefined ? [] : [root])];
    return {
      serial: own.serial,
      notAfter: own.notAfter,
      keyAlgorithm: keyAlgorithmOf(own.publicKey),
      pathLength: pathLengthLeft(path),
      rootSHA256: top?.sha256,
      rootNotAfter: top?.notAfter,
      hasTrustAnchor: top !== undefined,
      unverifiableKey: unverifiableByMesh(path.map(({ publicKey }) => keyAlgorithmOf(publicKey))),
      tiers: path.map(tierOf),
    };
  } catch (error) {
    if (error instanceof PkiError) return undefined;
    throw error;
  }
}

/** How many CA certificates still fit below the first of these: each one above it has spent a place of its own limit. */
function pathLengthLeft(path: readonly CertificateFacts[]): number | undefined {
  const left = path.flatMap(({ pathLength }, above) => (pathLength === undefined ? [] : [Math.max(0, pathLength - above)]));
  return left.length === 0 ? undefined : Math.min(...left);
}
