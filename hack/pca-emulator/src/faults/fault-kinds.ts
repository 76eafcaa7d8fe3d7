// What can go wrong on purpose? Every kind of fault, and how far a call gets before it strikes.
import type { Protocol } from '../access/refusals.ts';
import { ApiError } from '../wire/api-error.ts';

export const faultKinds = [
  'throttle', 'error-500', 'error-503', 'html', 'access-denied', 'expired-token', 'reset', 'hang', 'slow', 'lost', 'in-progress',
  'invalid-state', 'request-failed', 'limit-exceeded', 'not-found', 'plant', 'wrong-key', 'truncated-json', 'empty-200',
  'invalid-identity-token', 'idp-communication-error', 'drop', 'reset-mid-body', 'wrong-date', 'time-skewed', 'unrecognized-client',
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** An order for trouble, as the admin API takes it. */
export interface FaultOrder {
  /** The operation's name, or `*`. */
  readonly operation: string;
  readonly kind: FaultKind;
  /** How many calls it strikes; -1 or `until-cleared`: all of them. 1 unless told, and all of them where a probability or a window is told. */
  readonly times?: number | 'until-cleared';
  /** How likely it strikes a call that fits, above 0 and at most 1; a call that it spares goes on to the next fault. 1 unless told. */
  readonly probability?: number;
  /** The same seed strikes the same calls; made up (and told in the answer) unless given. */
  readonly seed?: number;
  /** How long it lasts from now, in milliseconds of the virtual clock; no end unless told. */
  readonly forMs?: number;
  /** Only calls that name this CA. */
  readonly ca?: string;
  /** slow: how late the answer is, 1000 unless told. */
  readonly delayMs?: number;
  /** plant: the answer. */
  readonly body?: unknown;
  /** html, plant: the HTTP status, 502 and 200 unless told. */
  readonly status?: number;
  /** wrong-date: how far the Date header is ahead of the time (behind where negative), ten minutes unless told. */
  readonly skewMs?: number;
}

/** How a fault acts: before the operation (nothing is done), inside it, or on its answer (the operation is carried out). */
export type FaultEffect =
  | { readonly act: 'refuse'; readonly error: ApiError }
  | { readonly act: 'deny' | 'html' | 'plant' | 'reset' | 'drop' | 'hang' }
  | { readonly act: 'inside'; readonly kind: 'wrong-key' | 'request-failed' }
  | { readonly act: 'answer'; readonly kind: 'slow' | 'lost' | 'truncated-json' | 'empty-200' | 'reset-mid-body' | 'wrong-date' };

type Refusal = readonly [code: string, message: string, status: number];

const effects: Readonly<Record<FaultKind, FaultEffect | Record<Protocol, Refusal>>> = {
  throttle: alike(['ThrottlingException', 'Rate exceeded', 400], ['Throttling', 'Rate exceeded', 400]),
  'error-500': alike(['InternalFailure', 'The request processing has failed because of an unknown error, exception or failure.', 500]),
  'error-503': alike(['ServiceUnavailable', 'The request has failed due to a temporary failure of the server.', 503]),
  html: { act: 'html' },
  'access-denied': { act: 'deny' },
  'expired-token': alike(
    ['ExpiredTokenException', 'The security token included in the request is expired', 400],
    ['ExpiredTokenException', 'The web identity token that was passed is expired or is not valid.', 400],
  ),
  'unrecognized-client': alike(
    ['UnrecognizedClientException', 'The security token included in the request is invalid.', 400],
    ['InvalidClientTokenId', 'The security token included in the request is invalid.', 403],
  ),
  'time-skewed': alike(['RequestTimeTooSkewed', 'The difference between the request time and the current time is too large.', 403]),
  reset: { act: 'reset' },
  drop: { act: 'drop' },
  hang: { act: 'hang' },
  slow: { act: 'answer', kind: 'slow' },
  lost: { act: 'answer', kind: 'lost' },
  'in-progress': alike(['RequestInProgressException', 'The request is still in progress. Try again later.', 400]),
  'invalid-state': alike(['InvalidStateException', 'The certificate authority is not in a valid state for issuing certificates.', 400]),
  'request-failed': alike(['RequestFailedException', 'The request has failed for an unspecified reason.', 400]),
  'limit-exceeded': alike(['LimitExceededException', 'The certificate authority has reached its limit of issued certificates.', 400]),
  'not-found': alike(['ResourceNotFoundException', 'Could not find the resource.', 400]),
  plant: { act: 'plant' },
  'wrong-key': { act: 'inside', kind: 'wrong-key' },
  'truncated-json': { act: 'answer', kind: 'truncated-json' },
  'empty-200': { act: 'answer', kind: 'empty-200' },
  'reset-mid-body': { act: 'answer', kind: 'reset-mid-body' },
  'wrong-date': { act: 'answer', kind: 'wrong-date' },
  'invalid-identity-token': alike(['InvalidIdentityToken', 'The web identity token that was passed could not be validated.', 400]),
  'idp-communication-error': alike(['IDPCommunicationError', 'The identity provider could not be reached to verify the token.', 400]),
};

export function isFaultKind(name: string): name is FaultKind {
  return Object.hasOwn(effects, name);
}

/** Where and how a fault strikes a call; undefined without one. */
export function effectOf(kind: FaultKind | undefined, { operation, protocol }: { readonly operation: string; readonly protocol: Protocol }): FaultEffect | undefined {
  if (kind === undefined) return undefined;
  // AWS does not refuse IssueCertificate with RequestFailed: the ARN is given, and GetCertificate tells of the failure.
  if (kind === 'request-failed' && operation === 'IssueCertificate') return { act: 'inside', kind };
  const effect = effects[kind];
  if ('act' in effect) return effect;
  const [code, message, status] = effect[protocol];
  return { act: 'refuse', error: new ApiError(code, message, status) };
}

function alike(json: Refusal, query: Refusal = json): Record<Protocol, Refusal> {
  return { json, query };
}
