// Does what stands above a certificate carry it? Judges what istiod and every other verifier will judge (RFC 5280 6.1, Go's crypto/x509).
import type { CertificateFacts } from '../pki/certificate.ts';
import type { Chain } from '../pki/chain.ts';
import { hindrancesOf, tierOf } from './chain-constraints.ts';

/** Which self-signed certificates may stand at the top; all in SHA-256. */
export interface TrustedRoots {
  /** The top of the CA's own chain; undefined where that could not be read. */
  readonly ofAuthority: string | undefined;
  /** Configured on the issuer. */
  readonly anchors: readonly string[];
}

/**
 * Extensions that Go's crypto/x509 acts on: a critical one of another kind makes it, and so istiod, refuse the chain. Whether
 * it can read these, and what they forbid, is chain-constraints.ts's to judge.
 */
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

const nameConstraints = '2.5.29.30';

/** What does not speak against the certificate by itself, and will surprise somebody. */
export function pathNotes(chain: Chain): readonly string[] {
  return [...endNotes(chain), ...constraintNotes(chain)];
}

/** Which names a CA's certificates will bear is not said in its request, so that nobody here can tell whether they fit. */
function constraintNotes(chain: Chain): readonly string[] {
  if (!chain.leaf.isCA) return hindrancesOf(tierOf(chain.leaf), above(chain).map(tierOf)).map(({ what }) => `only verifiers that are laxer accept the certificate: ${what}`);
  const first = above(chain).find(({ otherExtensions }) => otherExtensions.some(({ oid }) => oid === nameConstraints));
  if (first === undefined) return [];
  return [`${nameOf(first)} above the certificate carries name constraints: istiod does not look at them, but peers refuse workloads whose spiffe:// URIs they leave out, proxies refuse an istiod whose DNS name they leave out (istiod.istio-system.svc), and ztunnel refuses constraints on URIs altogether`];
}

/** A certificate may outlive those above it, and is then worth nothing from their end on. */
function endNotes(chain: Chain): readonly string[] {
  const first = above(chain).filter(({ notAfter }) => notAfter < chain.leaf.notAfter).toSorted((left, right) => left.notAfter.getTime() - right.notAfter.getTime())[0];
  if (first === undefined) return [];
  return [`the certificate ends at ${chain.leaf.notAfter.toISOString()}, but ${nameOf(first)} above it ends at ${first.notAfter.toISOString()} already`];
}

export function above({ intermediates, root }: Chain): readonly CertificateFacts[] {
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
