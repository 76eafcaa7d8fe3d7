// Which way leads from a certificate up to a self-signed one?
import { type CertificateFacts, isSignedBy } from './certificate.ts';

export interface Path {
  /** Issuing CA first, no root. */
  readonly intermediates: readonly CertificateFacts[];
  readonly root: CertificateFacts | undefined;
}

interface Step {
  readonly certificate: CertificateFacts;
  readonly below: Step | undefined;
}

/**
 * Climbs breadth-first, each certificate at most once, so that it ends on any input and finds a shortest way. Of ways
 * that are equally short, one to a root in `preferred` wins, then the certificate that lasts longest, then the smaller
 * SHA-256: the order of `candidates` never matters.
 * @param candidates  distinct certificates, the leaf not among them
 * @param preferred   SHA-256 of the candidates whose self-signed ones win a tie
 * @returns without a self-signed top: the longest of the shortest ways, and no root
 */
export function climb(leaf: CertificateFacts, candidates: readonly CertificateFacts[], preferred: ReadonlySet<string>): Path {
  const waiting = new Set(candidates.toSorted(byLifeThenHash));
  let layer: readonly Step[] = [{ certificate: leaf, below: undefined }];
  let highest = layer[0];
  while (layer.length > 0) {
    highest = layer[0];
    const tops = layer.filter((step) => step.below !== undefined && step.certificate.isSelfSigned);
    const top = tops.find((step) => preferred.has(step.certificate.sha256)) ?? tops[0];
    if (top !== undefined) return { intermediates: stepsAbove(top.below), root: top.certificate };
    layer = layer.flatMap((step) => issuersOf(step, waiting));
  }
  return { intermediates: stepsAbove(highest), root: undefined };
}

function issuersOf(step: Step, waiting: Set<CertificateFacts>): readonly Step[] {
  const issuers = [...waiting].filter((candidate) => isSignedBy(step.certificate, candidate));
  for (const issuer of issuers) waiting.delete(issuer);
  return issuers.map((certificate) => ({ certificate, below: step }));
}

/** The certificates between the leaf and `step`, `step` included. */
function stepsAbove(step: Step | undefined): readonly CertificateFacts[] {
  const certificates: CertificateFacts[] = [];
  for (let at = step; at?.below !== undefined; at = at.below) certificates.unshift(at.certificate);
  return certificates;
}

function byLifeThenHash(left: CertificateFacts, right: CertificateFacts): number {
  return right.notAfter.getTime() - left.notAfter.getTime() || (left.sha256 < right.sha256 ? -1 : 1);
}
