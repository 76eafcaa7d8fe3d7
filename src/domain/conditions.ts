// What is written into a status, word for word. Pure: publish-outcome.ts and reconcile-issuer.ts write it.
import { condition, type Request } from './request.ts';

/** Exactly the reasons that cert-manager reads. */
export const requestReasons = ['Issued', 'Pending', 'Failed', 'Denied'] as const;

export type RequestReason = (typeof requestReasons)[number];

export interface RequestStatus {
  readonly ready: { readonly status: 'True' | 'False'; readonly reason: RequestReason; readonly message: string };
  readonly certificate?: string;
  readonly ca?: string;
  /** Set together with Failed and Denied, never alone. */
  readonly failureTime?: Date;
}

/** cert-manager and the API server cut nothing; etcd and people do. */
const longestMessage = 4_000;

export function issuedStatus(certificate: string, ca: string): RequestStatus {
  return { ready: { status: 'True', reason: 'Issued', message: 'certificate issued' }, certificate, ...(ca === '' ? {} : { ca }) };
}

export function pendingStatus(message: string): RequestStatus {
  return { ready: { status: 'False', reason: 'Pending', message: message.slice(0, longestMessage) } };
}

export function failedStatus(message: string, at: Date): RequestStatus {
  return { ready: { status: 'False', reason: 'Failed', message: message.slice(0, longestMessage) }, failureTime: at };
}

export function deniedStatus(at: Date): RequestStatus {
  return {
    ready: { status: 'False', reason: 'Denied', message: 'The CertificateRequest was denied by an approval controller' },
    failureTime: at,
  };
}

/** Does the request already say just this? A condition that changes nothing is not written again. */
export function alreadySays(request: Request, status: RequestStatus): boolean {
  const ready = condition(request, 'Ready');
  return ready?.status === status.ready.status && ready.reason === status.ready.reason && ready.message === status.ready.message;
}
