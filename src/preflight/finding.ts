// What preflight has found, as a value: what it is about, what is otherwise with pca-issuer, and what to do.

/**
 * - stops: something that works now, or should, does not after the switch unless one acts.
 * - differs: it works, but otherwise than before, or is worth a decision.
 */
export type Weight = 'stops' | 'differs';

export const findingKinds = [
  'two-controllers', 'peer-runs', 'lease-held', 'crd-ownership', 'stale-crd', 'cross-namespace', 'ambient-credentials', 'faulty-issuer', 'ca-open',
  'template-disagrees', 'issuer-missing', 'unknown-kind', 'lost-extensions', 'stuck-request', 'older-dates',
] as const;

export type FindingKind = (typeof findingKinds)[number];

export interface Finding {
  readonly kind: FindingKind;
  readonly weight: Weight;
  /** Such as `AWSPCAIssuer payments/keys`. */
  readonly about: string;
  /** What is so now, and what pca-issuer will make of it. */
  readonly what: string;
  readonly todo: string;
  /** What does it, to be copied. */
  readonly command: string | undefined;
}

const mostNames = 5;

/** The first of them by name, and how many more there are. */
export function someOf(names: readonly string[]): string {
  const more = names.length - mostNames;
  return more <= 0 ? names.join(', ') : `${names.slice(0, mostNames).join(', ')} and ${more} more`;
}
