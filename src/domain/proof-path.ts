// Does what stands above a certificate carry it? Judges what istiod and every other verifier will judge (RFC 5280 6.1, Go's crypto/x509).
import type { CertificateFacts } from '../pki/certificate.ts';
import type { Chain } from '../pki/chain.ts';

/** Which self-signed certificates may stand at the top; all in SHA-256. */
export interface TrustedRoots {
  /** The top of the CA's own chain; undefined where that could not be read. */
  readonly ofAuthority: string | undefined;
  /** Configured on the issuer. */
  readonly anchors: readonly string[];
}

/** Extensions that Go's crypto/x509 acts on: a critical one of another kind makes it, and so istiod, refuse the chain. */
const known: ReadonlySet<string> = new Set([
  '2.5.29.30', // name constraints
  '2.5.29.31', // CRL distribution points
  '2.5.29.32', // certificate policies
  '2.5.29.33', // policy mappings
  '2.5.29.36', // policy constraints
  '2.5.29.54', // inhibit any-policy
]);

/** OIDs of the critical extensions that verifiers will refuse. */
export function unknownCritical({ otherExtensions }: CertificateFacts): readonly string[] {
  return otherExtensions.filter(({ oid, isCritical }) => isCritical && !known.has(oid)).map(({ oid }) => oid);
}

/**
 * The first reason why the way up proves nothing; it completes "the certificate that AWS returned …". That each
 * certificate is a CA's, may sign and did sign the one below is given: pki/path.ts climbs no other way.
 */
export function pathFault(chain: Chain, now: Date, trusted: TrustedRoots): string | undefined {
  const { leaf, intermediates, root } = chain;
  if (intermediates.length === 0 && root === undefined) return `is signed by ${leaf.issuer}, which is not in the chain that came with it`;
  for (const [index, each] of above(chain).entries()) {
    const fault = authorityFault(each, now) ?? (each === root ? undefined : signatureFault(each)) ?? roomFault(each, index + (leaf.isCA ? 1 : 0));
    if (fault !== undefined) return `stands below ${nameOf(each)}, ${fault}`;
  }
  if (root === undefined || trusted.ofAuthority === undefined || root.sha256 === trusted.ofAuthority || trusted.anchors.includes(root.sha256)) return undefined;
  return `stands below the root ${nameOf(root)}, but the CA of this issuer stands below another one (SHA-256 ${trusted.ofAuthority})`;
}

/** A certificate may outlive those above it, and is then worth nothing from their end on. */
export function pathNotes(chain: Chain): readonly string[] {
  const first = above(chain).filter(({ notAfter }) => notAfter < chain.leaf.notAfter).toSorted((left, right) => left.notAfter.getTime() - right.notAfter.getTime())[0];
  if (first === undefined) return [];
  return [`the certificate ends at ${chain.leaf.notAfter.toISOString()}, but ${nameOf(first)} above it ends at ${first.notAfter.toISOString()} already`];
}

function above({ intermediates, root }: Chain): readonly CertificateFacts[] {
  return root === undefined ? intermediates : [...intermediates, root];
}

function authorityFault(certificate: CertificateFacts, now: Date): string | undefined {
  const { notBefore, notAfter } = certificate;
  if (notBefore > now) return `which starts only at ${notBefore.toISOString()}`;
  if (notAfter <= now) return `which ended at ${notAfter.toISOString()}`;
  const [unknown] = unknownCritical(certificate);
  return unknown === undefined ? undefined : `which carries the critical extension ${unknown}, which istiod refuses`;
}

/** A root is trusted for its key, not for its signature. */
function signatureFault({ weakness }: CertificateFacts): string | undefined {
  return weakness === undefined ? undefined : `which is signed with ${weakness}, which istiod refuses`;
}

function roomFault({ pathLength }: CertificateFacts, below: number): string | undefined {
  return pathLength === undefined || pathLength >= below ? undefined : `whose path length ${pathLength} leaves no room for ${below} CA certificates`;
}

function nameOf({ subject, serial }: CertificateFacts): string {
  return `${subject} (serial ${serial})`;
}
