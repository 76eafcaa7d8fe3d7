// What becomes of AWS's answer: is it published, and as which bytes? Reads, proves, decides; touches nothing.
import type { AuthorityFacts } from '../domain/authority.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Plan } from '../domain/plan.ts';
import { prove } from '../domain/proof.ts';
import type { CertificateFacts } from '../pki/certificate.ts';
import { type Chain, chainPem, followChain, trustBundle } from '../pki/chain.ts';
import type { CsrFacts } from '../pki/csr.ts';
import { PkiError } from '../pki/error.ts';
import type { SignedCertificate } from './ports.ts';

export interface Judged {
  readonly answer: SignedCertificate;
  readonly certificateArn: string;
  readonly csr: CsrFacts;
  readonly plan: Plan;
  readonly base: Date;
  readonly facts: AuthorityFacts;
  readonly anchors: readonly CertificateFacts[];
  readonly now: Date;
}

/** `why` completes "the certificate that AWS returned …". */
export type Judgement =
  | { readonly kind: 'outcome'; readonly outcome: Outcome }
  /** It is another certificate than the one that was asked for. */
  | { readonly kind: 'refuted'; readonly why: string }
  /** Nobody can tell what it is: the same ARN may well have a better answer next time. */
  | { readonly kind: 'unreadable'; readonly why: string };

const nextLookMs = 60_000;

export function judgeCertificate(judged: Judged): Judgement {
  const { answer, certificateArn, csr, plan, facts, anchors } = judged;
  const followed = tryFollow(answer, csr, anchors);
  if (followed instanceof PkiError) {
    return followed.code === 'no-leaf' ? { kind: 'refuted', why: 'is for another key than the CSR' } : { kind: 'unreadable', why: followed.message };
  }
  const trusted = { ofAuthority: facts.rootSHA256, anchors: anchors.map(({ sha256 }) => sha256) };
  const proof = prove({ ...judged, chain: followed, expected: plan.expected, notBefore: plan.notBefore, durationMs: plan.durationMs, trusted });
  switch (proof.kind) {
    case 'refuted':
      return { kind: 'refuted', why: proof.difference };
    case 'unproven': {
      const message = `the certificate that AWS returned ${proof.why}; it is not published, and looked at again by itself: ${certificateArn}`;
      return { kind: 'outcome', outcome: { kind: 'waiting', reason: 'CertificateRefused', message, afterMs: nextLookMs } };
    }
    case 'unanchored': {
      if (plan.expected.isCA) return { kind: 'outcome', outcome: noAnchor(facts.arn) };
      const note = `nothing self-signed stands above ${facts.arn}, so ca.crt stays empty; name the root in the issuer's spec.additionalTrustAnchors`;
      return { kind: 'outcome', outcome: { kind: 'issued', certificate: chainPem(followed), ca: '', notes: [...plan.notes, note] } };
    }
    case 'proven':
      return { kind: 'outcome', outcome: issued(followed, anchors, [...plan.notes, ...proof.notes]) };
  }
}

/** A CA request without a root that istiod could trust. */
export function noAnchor(authorityArn: string): Outcome {
  const message = `the chain of ${authorityArn} ends in no self-signed certificate, so nothing could be written to ca.crt that istiod may trust; name the root in the issuer's spec.additionalTrustAnchors`;
  return { kind: 'waiting', reason: 'NoTrustAnchor', message, afterMs: nextLookMs };
}

function issued(chain: Chain, anchors: readonly CertificateFacts[], notes: readonly string[]): Outcome {
  return { kind: 'issued', certificate: chainPem(chain), ca: chain.root === undefined ? '' : trustBundle(chain.root, anchors), notes };
}

function tryFollow({ certificate, chain = '' }: SignedCertificate, csr: CsrFacts, anchors: readonly CertificateFacts[]): Chain | PkiError {
  try {
    return followChain([certificate, chain], csr.publicKey.spkiDer, anchors);
  } catch (error) {
    if (error instanceof PkiError) return error;
    throw error;
  }
}
