// How is a Certificate marked for renewal? As cmctl does it: the condition Issuing, True, beside those that are there.
import { list, record, text, type Json } from '../domain/json.ts';

export type Renewal =
  /** A merge patch for the status; its resourceVersion makes it fail where somebody else has written since. */
  | { readonly kind: 'patch'; readonly body: object }
  | { readonly kind: 'under-way' };

export function markForRenewal(certificate: Json, now: Date): Renewal {
  const metadata = record(certificate['metadata']);
  const conditions = list(record(certificate['status'])['conditions']).map(record);
  if (conditions.some(({ type, status }) => type === 'Issuing' && status === 'True')) return { kind: 'under-way' };
  const issuing = {
    type: 'Issuing',
    status: 'True',
    reason: 'ManuallyTriggered',
    message: 'Certificate re-issuance manually triggered by pca-issuer revoke',
    lastTransitionTime: `${now.toISOString().slice(0, 19)}Z`,
    ...(typeof metadata['generation'] === 'number' ? { observedGeneration: metadata['generation'] } : {}),
  };
  const others = conditions.filter(({ type }) => type !== 'Issuing');
  return { kind: 'patch', body: { metadata: { resourceVersion: text(metadata['resourceVersion']) }, status: { conditions: [...others, issuing] } } };
}

/** A renewal that keeps a compromised key cures nothing. */
export function keepsItsKey(certificate: Json): boolean {
  return text(record(record(certificate['spec'])['privateKey'])['rotationPolicy']) === 'Never';
}
