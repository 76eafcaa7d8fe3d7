// What can be known of a CA with the rights that we have: from Describe, else the last verified status, else its own
// certificate (docs/architecture.md). The CA's certificate is optional: users grant only Describe, Issue and Get (as in aws-privateca-issuer v1.12.0).
import type { AuthorityFacts } from '../domain/authority.ts';
import { succeed, type Result } from '../domain/failure.ts';
import { followChain } from '../pki/chain.ts';
import { readPem } from '../pki/pem.ts';
import { readCertificate, type CertificateFacts } from '../pki/certificate.ts';
import { PkiError } from '../pki/error.ts';
import type { Access, Authority, SignedCertificate } from './ports.ts';

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
  const read = answered.ok ? readOwn(answered.value, anchors) : undefined;
  // A certificate that is not this CA's would tell of another path length, another root.
  const own = described.ok && read !== undefined && isOther(read.serial, described.value.serial) ? undefined : read;
  const { arn } = access.authority;
  if (described.ok) {
    const { signingAlgorithm = own?.signingAlgorithm ?? last?.signingAlgorithm, serial, ...rest } = described.value;
    const known = own?.serial ?? (serial && plainSerial(serial));
    if (signingAlgorithm !== undefined) return succeed({ ...unknownPath, ...own, ...rest, serial: known, arn, signingAlgorithm });
  }
  if (last !== undefined) return succeed({ ...last, ...own, arn, signingAlgorithm: last.signingAlgorithm });
  if (own !== undefined) {
    return succeed({ ...own, arn, type: undefined, status: undefined, usageMode: undefined, keyAlgorithm: undefined });
  }
  const failure = described.ok ? undefined : described.failure;
  return {
    ok: false,
    failure: failure ?? { class: 'misconfigured', code: 'NoSigningAlgorithm', message: 'AWS names no signing algorithm for this CA', operation: 'DescribeCertificateAuthority' },
  };
}

const unknownPath = { pathLength: undefined, rootSHA256: undefined, hasTrustAnchor: undefined };

type OwnFacts = Pick<AuthorityFacts, 'serial' | 'notAfter' | 'pathLength' | 'rootSHA256' | 'hasTrustAnchor' | 'signingAlgorithm'>;

/** DescribeCertificateAuthority writes serial numbers with colons, certificates without. */
function plainSerial(serial: string): string {
  return serial.replaceAll(':', '').toLowerCase();
}

/** Both may have zeros in front. */
function isOther(own: string | undefined, described: string | undefined): boolean {
  const plain = (serial: string): string => plainSerial(serial).replace(/^0+/, '');
  return own !== undefined && described !== undefined && plain(own) !== plain(described);
}

/** Reads the CA's certificate and what stands above it; a chain that cannot be read tells nothing. */
function readOwn({ certificate, chain = '' }: SignedCertificate, anchors: readonly CertificateFacts[]): OwnFacts | undefined {
  try {
    const [block] = readPem(certificate);
    if (block === undefined) return undefined;
    const own = readCertificate(block.der);
    const { root } = followChain([certificate, chain], own.publicKey.spkiDer, anchors);
    const top = own.isSelfSigned ? own : root;
    return {
      serial: own.serial,
      notAfter: own.notAfter,
      pathLength: own.pathLength,
      rootSHA256: top?.sha256,
      hasTrustAnchor: top !== undefined,
      signingAlgorithm: signingAlgorithmFor(own),
    };
  } catch (error) {
    if (error instanceof PkiError) return undefined;
    throw error;
  }
}

/** The algorithm that is valid in every region for such a key. */
function signingAlgorithmFor({ publicKey: { kind, name } }: CertificateFacts): string {
  if (kind === 'ec') return name === 'P-521' ? 'SHA512WITHECDSA' : name === 'P-384' ? 'SHA384WITHECDSA' : 'SHA256WITHECDSA';
  return kind === 'ml-dsa' ? name.replaceAll('-', '_') : 'SHA256WITHRSA';
}
