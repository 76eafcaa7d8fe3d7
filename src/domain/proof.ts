// Is this certificate what was asked for? Compares facts with the plan; nothing unproven is published (invariant 10).
import type { CertificateFacts } from '../pki/certificate.ts';
import type { Chain } from '../pki/chain.ts';
import type { GeneralName } from '../pki/general-name.ts';
import { constraintFault, tierOf } from './chain-constraints.ts';
import type { Expectation } from './plan.ts';
import { above, pathFault, pathNotes, unknownCritical, type TrustedRoots } from './proof-path.ts';

export interface ProofInput {
  readonly chain: Chain;
  readonly expected: Expectation;
  /** The start that was asked for. */
  readonly notBefore: Date;
  readonly base: Date;
  readonly durationMs: number;
  readonly now: Date;
  readonly trusted: TrustedRoots;
}

/** `difference` and `why` complete the sentence "the certificate that AWS returned …". */
export type Proof =
  /** `notes`: worth an Event, no reason to refuse. */
  | { readonly kind: 'proven'; readonly notes: readonly string[] }
  /** All is as planned, but nothing self-signed stands above it. */
  | { readonly kind: 'unanchored'; readonly top: CertificateFacts }
  /** It is what was asked for; what stands above it does not prove it yet. Another certificate would change nothing. */
  | { readonly kind: 'unproven'; readonly why: string }
  /** It is not what was asked for. */
  | { readonly kind: 'refuted'; readonly difference: string };

const toleranceMs = 60_000;
/** How long before the issue AWS lets a certificate start when it is not told otherwise. */
const backdatedByAwsMs = 3_600_000;

export function prove(input: ProofInput): Proof {
  const { chain, expected, now, trusted } = input;
  const difference = contentDifference(chain.leaf, expected) ?? dateDifference(input);
  if (difference !== undefined) return { kind: 'refuted', difference };
  const why = startsLater(chain.leaf, now) ?? pathFault(chain, now, trusted) ?? forbidden(chain);
  if (why !== undefined) return { kind: 'unproven', why };
  if (chain.root === undefined) return { kind: 'unanchored', top: chain.intermediates.at(-1) ?? chain.leaf };
  return { kind: 'proven', notes: [...subjectNotes(chain.leaf, expected), ...pathNotes(chain)] };
}

function contentDifference(leaf: CertificateFacts, expected: Expectation): string | undefined {
  if (leaf.publicKey.spkiSha256 !== expected.spkiSha256) return 'is for another key than the CSR';
  if (leaf.isSelfSigned) return 'is self-signed';
  if (leaf.weakness !== undefined) return `is signed with ${leaf.weakness}, which can be forged`;
  if (leaf.isCA !== expected.isCA) return expected.isCA ? 'is not a CA certificate' : 'is a CA certificate';
  if (expected.pathLength !== undefined && leaf.pathLength !== expected.pathLength) {
    return `has path length ${leaf.pathLength ?? 'unlimited'} where ${expected.pathLength} was asked for`;
  }
  const usages = missing(expected.keyUsages, leaf.keyUsages ?? []);
  if (usages.length > 0) return `lacks the key usage ${usages.join(', ')}`;
  const purposes = missing(expected.extendedKeyUsages, leaf.extendedKeyUsages ?? []);
  if (purposes.length > 0) return `lacks the extended key usage ${purposes.join(', ')}`;
  return purposeDifference(leaf, expected) ?? nameDifference(leaf, expected) ?? extensionDifference(leaf, expected);
}

/** A CA's purposes bind all that it signs: one for clients alone is refused by istiod, and none was asked for. */
function purposeDifference(leaf: CertificateFacts, { isCA, extendedKeyUsages, csrExtendedKeyUsages }: Expectation): string | undefined {
  const foreign = isCA ? missing(leaf.extendedKeyUsages ?? [], [...extendedKeyUsages, ...csrExtendedKeyUsages]) : [];
  return foreign.length > 0 ? `carries the extended key usage ${foreign.join(', ')}, which was not asked for` : undefined;
}

/** The names are those of the CSR, which somebody approved: no fewer, and no others. */
function nameDifference(leaf: CertificateFacts, { commonName, sans }: Expectation): string | undefined {
  if (leaf.commonName !== commonName) return `has the common name ${leaf.commonName ?? '(none)'} where ${commonName ?? '(none)'} was asked for`;
  const [wanted, found] = [sans.map(nameText), leaf.sans.map(nameText)];
  const lacking = missing(wanted, found);
  if (lacking.length > 0) return `lacks the name ${lacking.join(', ')}`;
  const foreign = missing(found, wanted);
  return foreign.length > 0 ? `carries the name ${foreign.join(', ')}, which was not asked for` : undefined;
}

/** Verifiers refuse a certificate with a critical extension that they do not know; only who asked for it may get it. */
function extensionDifference(leaf: CertificateFacts, expected: Expectation): string | undefined {
  const foreign = missing(unknownCritical(leaf), expected.requestedExtensions);
  return foreign.length > 0 ? `carries the critical extension ${foreign.join(', ')}, which was not asked for` : undefined;
}

function dateDifference({ chain: { leaf }, notBefore, base, durationMs, now }: ProofInput): string | undefined {
  if (leaf.notAfter <= now) return `ended at ${leaf.notAfter.toISOString()}`;
  // Our clock may have been set back since: what was asked for is never too late.
  const latest = Math.max(now.getTime(), base.getTime()) + toleranceMs;
  const end = base.getTime() + durationMs;
  if (leaf.notAfter.getTime() < end - toleranceMs || leaf.notAfter.getTime() > latest + durationMs) {
    return `ends at ${leaf.notAfter.toISOString()} where ${new Date(end).toISOString()} was asked for`;
  }
  // One that starts long before would make cert-manager renew it at once, again and again.
  const earliest = Math.min(notBefore.getTime(), base.getTime() - backdatedByAwsMs) - toleranceMs;
  if (leaf.notBefore.getTime() < earliest || leaf.notBefore.getTime() > latest) {
    return `starts at ${leaf.notBefore.toISOString()} where ${notBefore.toISOString()} was asked for`;
  }
  return undefined;
}

function startsLater({ notBefore }: CertificateFacts, now: Date): string | undefined {
  return notBefore > now ? `starts only at ${notBefore.toISOString()} by this controller's clock` : undefined;
}

function forbidden(chain: Chain): string | undefined {
  const fault = constraintFault(tierOf(chain.leaf), above(chain).map(tierOf));
  return fault && `cannot be used: ${fault}`;
}

function subjectNotes(leaf: CertificateFacts, { subject }: Expectation): readonly string[] {
  const parts = (text: string): string => text.split(/(?<!\\),/).toSorted().join(',');
  return parts(leaf.subject) === parts(subject) ? [] : [`the certificate's subject is "${leaf.subject}" where "${subject}" was asked for`];
}

function missing<T>(wanted: readonly T[], found: readonly T[]): readonly T[] {
  const there = new Set(found);
  return wanted.filter((each) => !there.has(each));
}

function nameText({ kind, value }: GeneralName): string {
  return `${kind}:${value}`;
}
