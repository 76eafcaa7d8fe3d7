// What the cluster remembers of a revocation: one Event about the object that had the certificate.
import { group } from '../domain/issuer.ts';
import type { Subject } from './find-target.ts';
import type { Reason } from './reasons.ts';

export interface Revoked {
  readonly subject: Subject;
  readonly authorityArn: string;
  readonly serial: string;
  readonly reason: Reason;
  /** Whether the Certificate was marked for renewal. */
  readonly isRenewed: boolean;
  readonly now: Date;
}

/** An Event of events.k8s.io/v1, to be posted in the subject's namespace. */
export function revokedEvent({ subject, authorityArn, serial, reason, isRenewed, now }: Revoked): object {
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { generateName: `${subject.name.slice(0, 200).replace(/[.-]+$/, '')}-`, namespace: subject.namespace },
    // MicroTime: microseconds, of which our clock knows the first three digits.
    eventTime: now.toISOString().replace('Z', '000Z'),
    reportingController: `${group}/pca-issuer-revoke`,
    reportingInstance: 'pca-issuer-revoke',
    action: 'Revoke',
    reason: 'Revoked',
    type: 'Warning',
    note: `The certificate with serial ${serial} was revoked at ${authorityArn} (${reason})${isRenewed ? '; the Certificate is being renewed' : ''}. Istio does not look at AWS's revocations.`,
    regarding: subject,
  };
}
