// The whole judgement over one or more clusters, as a value: what was seen, what was found, what was proven.
import type { CertificateFacts } from '../pki/certificate.ts';
import { makeUnrelatedRoot } from '../pki/workload-certificate.ts';
import { makeWorkload, refusal } from './accept-workload.ts';
import type { Area, Finding } from './finding.ts';
import { found } from './finding.ts';
import { judgeChain } from './judge-chain.ts';
import { judgeDates } from './judge-dates.ts';
import { judgeMesh, type MeshMember, type Passage } from './judge-mesh.ts';
import { judgeRoots } from './judge-roots.ts';
import { judgeSurroundings } from './judge-surroundings.ts';
import { lookAtSecret, type ClusterInput, type SecretView } from './look-at-secret.ts';
import { readCertificates } from './read-certificates.ts';

export interface VerifyOptions {
  readonly now: Date;
  /** How long workload certificates last: istiod's DEFAULT_WORKLOAD_CERT_TTL. */
  readonly workloadTtlMs: number;
  /** A root change is under way: several roots are meant. */
  readonly isMultiRoot: boolean;
  /** Of the mesh: cluster.local unless istiod was told otherwise. */
  readonly trustDomain: string;
}

export interface ClusterReport {
  readonly name: string;
  readonly view: SecretView;
  readonly findings: readonly Finding[];
}

export interface Report {
  readonly now: Date;
  readonly clusters: readonly ClusterReport[];
  readonly passages: readonly Passage[];
  /** Between clusters. */
  readonly mesh: readonly Finding[];
}

export const clusterAreas: readonly Area[] = ['format', 'key', 'chain', 'roots', 'dates', 'surroundings'];

/** Judges every Secret by itself, then all of them together. The clock and the randomness of one throw-away key apart, pure. */
export function verifyClusters(inputs: readonly ClusterInput[], options: VerifyOptions): Report {
  const { now } = options;
  const views = inputs.map(lookAtSecret);
  const used = new Set(views.flatMap(({ root }) => (root === undefined ? [] : [root.sha256])));
  const known = views.flatMap(everything);
  const judged = views.map((view) => {
    const findings = [
      ...view.chain.findings, ...view.roots.findings, ...view.keyFindings,
      ...judgeChain(view), ...judgeRoots(view, { ...options, known, used }), ...judgeDates(view, options), ...judgeSurroundings(view),
    ];
    return withWorkload(view, findings, options);
  });
  const { passages, findings: mesh } = judgeMesh(judged, { ...options, stranger: makeUnrelatedRoot(now) });
  return { now, passages, mesh, clusters: judged.map(({ view, findings }) => ({ name: view.input.name, view, findings })) };
}

/** The last word has a workload certificate: what no judge saw, a peer would. */
function withWorkload(view: SecretView, findings: readonly Finding[], options: VerifyOptions): MeshMember & { readonly findings: readonly Finding[] } {
  const workload = makeWorkload(view, options);
  if (workload.kind === 'impossible') return { view, workload, isSound: false, findings };
  const why = refusal(workload.leaf, view.chain.certificates, view.roots.certificates, options.now);
  const isExplained = findings.some(({ level }) => level === 'error');
  const refused = why === undefined || isExplained ? [] : [found('workload-refused', view.chain.name, `A workload certificate signed by this intermediate is refused in its own cluster: it ${why}.`, 'Have that CA issued otherwise, or the Certificate under another one; a trust domain other than cluster.local is told with --trust-domain.')];
  return { view, workload, isSound: why === undefined, findings: [...findings, ...refused] };
}

function everything({ chain, roots, input }: SecretView): readonly CertificateFacts[] {
  return [...chain.certificates, ...roots.certificates, ...input.handedOut.flatMap(({ text }) => readCertificates({ name: '', text }).certificates)];
}

/** When cert-manager renews the intermediate; undefined where nobody knows. */
export function renewalOf({ signing, input: { renewBeforeMs } }: SecretView): Date | undefined {
  return signing === undefined || renewBeforeMs === undefined ? undefined : new Date(signing.notAfter.getTime() - renewBeforeMs);
}

export function allFindings({ clusters, mesh }: Report): readonly Finding[] {
  return [...clusters.flatMap(({ findings }) => findings), ...mesh];
}

/** 0: good, with warnings at most; 1: an error was found. */
export function exitCodeOf(report: Report): 0 | 1 {
  return allFindings(report).some(({ level }) => level === 'error') ? 1 : 0;
}
