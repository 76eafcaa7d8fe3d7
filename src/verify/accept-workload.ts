// Would a peer with these roots accept a workload certificate that this cluster's istiod signs? Tried with one made in memory.
import { hindrancesOf, tierOf } from '../domain/chain-constraints.ts';
import { pathFault } from '../domain/proof-path.ts';
import type { CertificateFacts } from '../pki/certificate.ts';
import { PkiError } from '../pki/error.ts';
import { climb } from '../pki/path.ts';
import { makeWorkloadCertificate } from '../pki/workload-certificate.ts';
import { matches, nameOf } from './judge-key.ts';
import { distinct, type SecretView } from './look-at-secret.ts';

export type Workload =
  | { readonly kind: 'made'; readonly leaf: CertificateFacts }
  /** Completes "no workload certificate could be made: …". */
  | { readonly kind: 'impossible'; readonly why: string };

/** @param trustDomain  of the mesh, as workloads are named below it; nobody ever holds this certificate's key. */
export function makeWorkload({ key, signing, keyName }: SecretView, { now, trustDomain }: { readonly now: Date; readonly trustDomain: string }): Workload {
  if (key === undefined || signing === undefined) return { kind: 'impossible', why: `${keyName} and its certificate cannot be read` };
  if (!matches(signing, key)) return { kind: 'impossible', why: `${keyName} is not the key of ${nameOf(signing)}` };
  try {
    return { kind: 'made', leaf: makeWorkloadCertificate(signing, key, `spiffe://${trustDomain}/ns/pca-issuer/sa/verify`, now) };
  } catch (error) {
    if (!(error instanceof PkiError)) throw error;
    return { kind: 'impossible', why: error.message };
  }
}

/**
 * @param served  what travels with the workload certificate: the CAs of its cluster
 * @param roots   the peer's trust anchors; only self-signed ones count, since a mesh must not hang on a subordinate
 * @returns why the peer refuses it, as the end of a sentence that starts with the certificate; undefined: it accepts
 */
export function refusal(leaf: CertificateFacts, served: readonly CertificateFacts[], roots: readonly CertificateFacts[], now: Date): string | undefined {
  const anchors = distinct(roots).filter(({ isSelfSigned }) => isSelfSigned);
  const between = distinct(served).filter(({ isSelfSigned }) => !isSelfSigned);
  const { intermediates, root } = climb(leaf, [...between, ...anchors], new Set(anchors.map(({ sha256 }) => sha256)));
  const fault = pathFault({ leaf, intermediates, root, rootFrom: root && 'anchor', unused: [] }, now, { ofAuthority: undefined, anchors: [] });
  if (fault !== undefined) return fault;
  const [hindrance] = root === undefined ? [] : hindrancesOf(tierOf(leaf), [...intermediates, root].map(tierOf));
  if (hindrance !== undefined) return `cannot be used: ${hindrance.what}`;
  if (root !== undefined) return undefined;
  const top = intermediates.at(-1) ?? leaf;
  return `stands below ${nameOf(top)}, whose issuer ${top.issuer} is none of its roots`;
}
