// Who stands below whom, over all clusters: one tree for each top.
import { type CertificateFacts, isSignedBy } from '../pki/certificate.ts';
import { distinct, isAmong } from './look-at-secret.ts';
import type { Report } from './report.ts';

export interface TrustNode {
  readonly certificate: CertificateFacts;
  /** The clusters that sign their workload certificates with it. */
  readonly signsFor: readonly string[];
  /** The clusters that have it among their roots. */
  readonly trustedBy: readonly string[];
  readonly children: readonly TrustNode[];
}

/** Tops first by name; each certificate once, below the first that signed it. */
export function trustTree({ clusters }: Report): readonly TrustNode[] {
  const all = distinct(clusters.flatMap(({ view }) => [...view.roots.certificates, ...view.path, ...view.chain.certificates])).toSorted(byName);
  const issuerOf = new Map(all.map((each) => [each.sha256, each.isSelfSigned ? undefined : all.find((other) => other !== each && isSignedBy(each, other))]));
  const grow = (certificate: CertificateFacts): TrustNode => ({
    certificate,
    signsFor: clusters.filter(({ view }) => view.signing?.sha256 === certificate.sha256).map(({ name }) => name),
    trustedBy: clusters.filter(({ view }) => isAmong(view.roots.certificates, certificate)).map(({ name }) => name),
    children: all.filter((each) => issuerOf.get(each.sha256) === certificate).map(grow),
  });
  return all.filter((each) => issuerOf.get(each.sha256) === undefined).map(grow);
}

function byName(left: CertificateFacts, right: CertificateFacts): number {
  return left.subject.localeCompare(right.subject) || (left.sha256 < right.sha256 ? -1 : 1);
}
