// Do the clusters trust each other, each through its own intermediate, and would they refuse a stranger?
import type { CertificateFacts } from '../pki/certificate.ts';
import { refusal, type Workload } from './accept-workload.ts';
import { found, type Finding } from './finding.ts';
import { matches, nameOf } from './judge-key.ts';
import { trueRoots } from './judge-roots.ts';
import type { SecretView } from './look-at-secret.ts';

export interface MeshMember {
  readonly view: SecretView;
  readonly workload: Workload;
  /** Whether its own roots accept its own workload certificate. */
  readonly isSound: boolean;
}

/** One cluster's workload certificate before another's roots. */
export interface Passage {
  readonly from: string;
  readonly to: string;
  /** not-tried: `why` says what has to be cured first. */
  readonly result: 'accepted' | 'refused' | 'not-tried';
  readonly why: string | undefined;
}

export interface MeshJudgement {
  readonly passages: readonly Passage[];
  readonly findings: readonly Finding[];
}

export interface MeshQuestion {
  readonly now: Date;
  readonly isMultiRoot: boolean;
  /** A root that nobody here can trust. */
  readonly stranger: CertificateFacts;
}

export function judgeMesh(members: readonly MeshMember[], question: MeshQuestion): MeshJudgement {
  const ordered = members.flatMap((from) => members.filter((to) => to !== from).map((to) => [from, to] as const));
  const passages = ordered.map(([from, to]) => pass(from, to, question.now));
  const pairs = members.flatMap((left, index) => members.slice(index + 1).map((right) => [left, right] as const));
  return {
    passages,
    findings: [
      ...pairs.flatMap(([left, right]) => mixedUp(left.view, right.view)),
      ...differentRoots(members.map(({ view }) => view), question),
      ...passages.filter(({ result }) => result === 'refused').map(refused),
      ...members.flatMap((member) => counterChecks(member, question)),
    ],
  };
}

function pass({ view, workload, isSound }: MeshMember, peer: MeshMember, now: Date): Passage {
  const way = { from: view.input.name, to: peer.view.input.name };
  if (workload.kind === 'impossible') return { ...way, result: 'not-tried', why: workload.why };
  if (!isSound) return { ...way, result: 'not-tried', why: `${way.from} would refuse it itself` };
  if (trueRoots(peer.view).length === 0) return { ...way, result: 'not-tried', why: `${way.to} has no root` };
  const why = refusal(workload.leaf, view.chain.certificates, peer.view.roots.certificates, now);
  return { ...way, result: why === undefined ? 'accepted' : 'refused', why };
}

function refused({ from, to, why }: Passage): Finding {
  return found('peer-refuses', `${from} → ${to}`, `${to} refuses workloads of ${from}: their certificate ${why ?? ''}. Calls between the two fail.`, 'Give both clusters intermediates under one root; while a root is being changed, both roots to all clusters first.');
}

/** The same intermediate, or the same key, in two clusters: one Secret was written into both. */
function mixedUp(left: SecretView, right: SecretView): readonly Finding[] {
  const [one, other] = [left.input.name, right.input.name];
  const isSame = left.signing !== undefined && left.signing.sha256 === right.signing?.sha256;
  const crossed = [
    ...(isKeyOf(left, right) ? [`the key of ${one} belongs to the intermediate of ${other}`] : []),
    ...(isKeyOf(right, left) ? [`the key of ${other} belongs to the intermediate of ${one}`] : []),
  ];
  if (!isSame && crossed.length === 0) return [];
  const what = isSame && left.signing !== undefined ? `both hold the intermediate ${nameOf(left.signing)}` : crossed.join(', and ');
  return [found('mixed-up-clusters', `${one}, ${other}`, `The Secrets of ${one} and ${other} are mixed up: ${what}. Whoever takes over one of them has the other as well, and neither can be cut off alone.`, 'Check the contexts of what was applied; delete the Secret of the cluster whose commonName it is not, and let cert-manager make a new one.')];
}

function isKeyOf({ key }: SecretView, { signing }: SecretView): boolean {
  return key !== undefined && signing !== undefined && matches(signing, key);
}

function differentRoots(views: readonly SecretView[], { isMultiRoot }: MeshQuestion): readonly Finding[] {
  const [first, ...others] = views.filter((view) => trueRoots(view).length > 0);
  if (first === undefined) return [];
  return others.flatMap((other) => {
    const [left, right] = [trueRoots(first), trueRoots(other)];
    const shared = left.filter(({ sha256 }) => right.some((each) => each.sha256 === sha256));
    if (shared.length === left.length && left.length === right.length) return [];
    if (isMultiRoot && shared.length > 0) return [];
    const what = `${first.input.name} trusts ${left.map(nameOf).join(' and ')}, ${other.input.name} trusts ${right.map(nameOf).join(' and ')}${shared.length === 0 ? ': they share no root' : ''}.`;
    return [found('different-roots', `${first.input.name}, ${other.input.name}`, what, 'Give both the same ca.crt: one root, or while it is being changed the same additionalTrustAnchors (then say --multi-root).')];
  });
}

/** That a verifier says yes proves something only if it can say no: to a strange root, and to a chain that did not travel along. */
function counterChecks({ view, workload, isSound }: MeshMember, { stranger, now }: MeshQuestion): readonly Finding[] {
  if (workload.kind === 'impossible' || !isSound || view.signing?.isSelfSigned === true) return [];
  const about = view.input.name;
  const findings: Finding[] = [];
  if (refusal(workload.leaf, view.chain.certificates, [stranger], now) === undefined) {
    findings.push(found('counter-check-failed', about, `A workload certificate of ${about} is accepted under a root that was made a moment ago: this verification proves nothing.`, 'This is a fault of pca-issuer; please report it.'));
  }
  if (refusal(workload.leaf, [], view.roots.certificates, now) === undefined) {
    findings.push(found('counter-check-failed', about, `A workload certificate of ${about} is accepted without its chain: its intermediate stands among the roots.`, 'Take the intermediate out of ca.crt.'));
  }
  return findings;
}
