// What does a refusal of the API server, or of the network on the way to it, mean? The one table of this room.
import type { Failure, FailureClass } from '../domain/failure.ts';
import { integer, record, text } from '../domain/json.ts';

export interface KubeFailure extends Failure {
  /** The HTTP status; undefined where no answer came. */
  readonly status: number | undefined;
}

export type KubeResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: KubeFailure };

const statuses: Readonly<Record<number, FailureClass>> = {
  400: 'bug',
  401: 'unauthorised',
  403: 'unauthorised',
  405: 'bug',
  406: 'bug',
  408: 'transient',
  409: 'conflict',
  410: 'conflict',
  413: 'bug',
  415: 'bug',
  422: 'bug',
  429: 'throttled',
};

/** Codes of node, undici and our own that are no mere trouble on the way. */
const codes: Readonly<Record<string, FailureClass>> = {
  NotLeader: 'conflict',
  ENOENT: 'unauthorised',
  EACCES: 'unauthorised',
  ERR_INVALID_ARG_TYPE: 'bug',
  ERR_INVALID_URL: 'bug',
  UND_ERR_INVALID_ARG: 'bug',
};

const longestMessage = 1_000;

export interface Refusal {
  readonly operation: string;
  readonly status: number;
  /** The body as JSON, or as text where it is none. */
  readonly body: unknown;
  /** The Retry-After header; only its form in seconds is read, which is what the API server sends. */
  readonly retryAfter?: string | undefined;
}

/** @param refusal an answer other than 2xx, or the Status object of an ERROR event of a watch. */
export function failureOfResponse(refusal: Refusal): KubeFailure {
  const { status, operation } = refusal;
  const body = record(refusal.body);
  const reason = text(body['reason']) || 'Unknown';
  const retryAfterMs = readRetryAfterMs(refusal);
  return {
    class: classOf(operation, status),
    code: `${status} ${reason}`,
    message: withoutSource((text(body['message']) || text(refusal.body) || `the API server answered ${status}`).slice(0, longestMessage)),
    operation,
    status,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

/** The API server quotes sockets of its own, whose source port is another one each time: `read tcp 10.0.0.1:51234->10.0.0.2:443`. */
function withoutSource(message: string): string {
  return message.replaceAll(/\S{1,60}:\d{1,5}->(?=\S)/g, '');
}

/** @param error whatever was thrown before an answer was read whole. */
export function failureOfException(operation: string, error: unknown): KubeFailure {
  const { code, message } = describe(error);
  return { class: codes[code] ?? 'transient', code, message: message.slice(0, longestMessage), operation, status: undefined };
}

function classOf(operation: string, status: number): FailureClass {
  // A read that finds nothing may find it later; a write that finds nothing came too late.
  if (status === 404) return operation.startsWith('GET ') ? 'transient' : 'conflict';
  return statuses[status] ?? 'transient';
}

function readRetryAfterMs({ retryAfter, body }: Refusal): number | undefined {
  const header = /^\d{1,6}$/.test(retryAfter ?? '') ? Number(retryAfter) : undefined;
  const seconds = header ?? integer(record(record(body)['details'])['retryAfterSeconds']);
  return seconds === undefined || seconds <= 0 ? undefined : seconds * 1_000;
}

/** The innermost code, and the words next to it: undici and node wrap what the system said. */
function describe(error: unknown): { readonly code: string; readonly message: string } {
  const chain: Error[] = [];
  for (let each = error; each instanceof Error && chain.length < 5; each = each.cause ?? innermost(each)) chain.push(each);
  const coded = chain.findLast((each) => text(record(each)['code']) !== '') ?? chain[0];
  if (coded === undefined) return { code: 'Unknown', message: String(error) };
  return { code: text(record(coded)['code']) || coded.name, message: coded.message || text(record(coded)['code']) };
}

/** A host with several addresses fails with an error for each. */
function innermost(error: Error): unknown {
  return error instanceof AggregateError ? error.errors[0] : undefined;
}
