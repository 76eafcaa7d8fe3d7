// Is this certificate what was asked for? Compares facts with the plan; nothing unproven is published (invariant 10).
import type { CertificateFacts } from '../pki/certificate.ts';
import type { Chain } from '../pki/chain.ts';
import type { Expectation } from './plan.ts';

export interface ProofInput {
  readonly chain: Chain;
  readonly expected: Expectation;
  readonly base: Date;
  readonly durationMs: number;
  readonly now: Date;
}

export type Proof =
  | { readonly kind: 'proven' }
  /** All is as planned, but nothing self-signed stands above it. */
  | { readonly kind: 'unanchored'; readonly top: CertificateFacts }
  /** `difference` completes the sentence "the certificate that AWS returned …". */
  | { readonly kind: 'refuted'; readonly difference: string };

const toleranceMs = 60_000;

export function prove(input: ProofInput): Proof {
  const difference = leafDifference(input) ?? pathDifference(input.chain, input.now);
  if (difference !== undefined) return { kind: 'refuted', difference };
  if (input.chain.root === undefined) return { kind: 'unanchored', top: input.chain.intermediates.at(-1) ?? input.chain.leaf };
  return { kind: 'proven' };
}

function leafDifference({ chain: { leaf }, expected, base, durationMs, now }: ProofInput): string | undefined {
  if (leaf.publicKey.spkiSha256 !== expected.spkiSha256) return 'is for another key than the CSR';
  if (leaf.isSelfSigned) return 'is self-signed';
  if (leaf.isCA !== expected.isCA) return expected.isCA ? 'is not a CA certificate' : 'is a CA certificate';
  if (expected.pathLength !== undefined && leaf.pathLength !== expected.pathLength) {
    return `has path length ${leaf.pathLength ?? 'unlimited'} where ${expected.pathLength} was asked for`;
  }
  const usages = missing(expected.keyUsages, leaf.keyUsages ?? []);
  if (usages.length > 0) return `lacks the key usage ${usages.join(', ')}`;
  const purposes = missing(expected.extendedKeyUsages, leaf.extendedKeyUsages ?? []);
  if (purposes.length > 0) return `lacks the extended key usage ${purposes.join(', ')}`;
  const names = missing(expected.sans.map(nameText), leaf.sans.map(nameText));
  if (names.length > 0) return `lacks the name ${names.join(', ')}`;
  if (leaf.notAfter <= now) return `ended at ${leaf.notAfter.toISOString()}`;
  const end = leaf.notAfter.getTime();
  if (end < base.getTime() + durationMs - toleranceMs || end > now.getTime() + durationMs + toleranceMs) {
    return `ends at ${leaf.notAfter.toISOString()} where ${new Date(base.getTime() + durationMs).toISOString()} was asked for`;
  }
  return undefined;
}

/** Every certificate above the leaf must be a CA in force, with room for the CA certificates below it. */
function pathDifference({ leaf, intermediates, root }: Chain, now: Date): string | undefined {
  const above = root === undefined ? intermediates : [...intermediates, root];
  for (const [index, each] of above.entries()) {
    const name = `${each.subject} (serial ${each.serial})`;
    if (!each.isCA) return `is signed through ${name}, which is not a CA`;
    if (each.keyUsages !== undefined && !each.keyUsages.includes('cert sign')) return `is signed through ${name}, which may not sign certificates`;
    if (each.notAfter <= now) return `is signed through ${name}, which ended at ${each.notAfter.toISOString()}`;
    const below = index + (leaf.isCA ? 1 : 0);
    if (each.pathLength !== undefined && each.pathLength < below) {
      return `stands below ${name}, whose path length ${each.pathLength} leaves no room for ${below} CA certificates`;
    }
  }
  return undefined;
}

function missing<T>(wanted: readonly T[], found: readonly T[]): readonly T[] {
  const there = new Set(found);
  return wanted.filter((each) => !there.has(each));
}

function nameText({ kind, value }: { readonly kind: string; readonly value: string }): string {
  return `${kind}:${value}`;
}
