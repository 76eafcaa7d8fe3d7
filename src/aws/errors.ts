// What does an error from the AWS SDK mean to us? Finds its name, looks it up in the table, and judges what has none.
import type { Failure, FailureClass } from '../domain/failure.ts';
import { answers, answersWithoutName, connectionWords, lostCertificate, type Entry } from './error-names.ts';
import type { Unanswered } from './http-handler.ts';
import { stableMessage } from './stable-message.ts';

export interface CallContext {
  /** AWS's name of the operation. */
  readonly operation: string;
}

/** A failure on its way through the SDK, which knows only exceptions: what a credential provider throws. */
export class FailureError extends Error {
  override readonly name = 'FailureError';
  readonly failure: Failure;
  constructor(failure: Failure, options?: ErrorOptions) {
    super(failure.message, options);
    this.failure = failure;
  }
}

/** What can be found in an error of the SDK or of node. */
interface Evidence extends Partial<Unanswered> {
  readonly name?: string;
  readonly code?: unknown;
  readonly message?: string;
  /** The name that was looked up, in errors of DNS. */
  readonly hostname?: string;
  readonly errors?: readonly unknown[];
  /** What a proxy answered in place of a tunnel. */
  readonly statusCode?: unknown;
  /** Only what AWS answered has it; `$metadata` the SDK puts on everything. */
  readonly $fault?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly statusCode?: number; readonly headers?: Readonly<Record<string, string>> };
}

/** Far above AWS's longest; a body that is not AWS's may carry any. */
const longestCode = 100;

/** @returns the same failure for the same cause, whatever was thrown; an unknown name is transient and keeps its name. */
export function toFailure(error: unknown, { operation }: CallContext): Failure {
  if (error instanceof FailureError) return error.failure;
  const evidence = evidenceOf(error);
  const status = evidence.$metadata?.httpStatusCode ?? evidence.$response?.statusCode;
  const code = codeOf(evidence, status);
  const retryAfterMs = Number(evidence.$response?.headers?.['retry-after']) * 1_000;
  return {
    class: classOf(code, evidence, status, operation),
    code: code.slice(0, longestCode),
    message: messageOf(code, evidence, status),
    operation,
    ...(retryAfterMs > 0 ? { retryAfterMs } : {}),
  };
}

/** Names and words of an error may come from a body that is not AWS's: what is no text counts as absent. */
function evidenceOf(error: unknown): Evidence {
  if (typeof error !== 'object' || error === null) return { message: String(error) };
  const { name, message, hostname, errors } = error as Evidence;
  const isSound = [name, message, hostname].every((words) => words === undefined || typeof words === 'string') && (errors === undefined || Array.isArray(errors));
  if (isSound) return error;
  const text = (words: unknown): string | undefined => (typeof words === 'string' ? words : undefined);
  const rest = { name: text(name), message: text(message), hostname: text(hostname), errors: Array.isArray(errors) ? errors : [] };
  return Object.assign(Object.create(error) as Evidence, rest);
}

/** @returns the failure of an answer that came and says nothing, such as an empty 200. */
export function emptyAnswer(operation: string, what: string): Failure {
  const message = `the answer has no ${what}`;
  return { class: resolve('unsure', operation), code: 'EmptyAnswer', message, operation };
}

/** The value of the metric label `code`: a closed set. `ok` stays. */
export function metricCode(code: string): string {
  return code === 'ok' || isKnown(code) || /^HTTP \d{3}$/.test(code) ? code : 'unmapped';
}

export function isExpiredToken({ code }: Failure): boolean {
  return baseName(code) === 'ExpiredToken';
}

function baseName(code: string): string {
  return code.replace(/^sts:/, '').replace(/Exception$/, '');
}

function isKnown(code: string): boolean {
  return Object.hasOwn(connectionWords, code) || answersWithoutName.has(code) || Object.hasOwn(answers, baseName(code));
}

/** ResourceNotFound has one name for both; a CA that is shared or restored again still has its certificates. */
const missingAuthority = /could not find (?:the )?certificate authority/i;

function codeOf(evidence: Evidence, status: number | undefined): string {
  const { name, code, errors, $response } = evidence;
  if (isAnswer(evidence)) {
    const isNamed = name !== undefined && name !== 'UnknownError' && name !== 'Error' && !/^\d+$/.test(name);
    return isNamed ? name : `HTTP ${status ?? 0}`;
  }
  if (typeof code === 'string') return code.startsWith('HPE_') ? 'UnreadableAnswer' : code;
  if ($response !== undefined) return 'UnreadableAnswer';
  const [first] = errors ?? [];
  return first === undefined ? (name ?? 'Error') : codeOf(evidenceOf(first), undefined);
}

function classOf(code: string, evidence: Evidence, status: number | undefined, operation: string): FailureClass {
  const name = baseName(code);
  if (operation === 'GetCertificate' && lostCertificate.has(name) && !missingAuthority.test(evidence.message ?? '')) return 'rejected';
  const known = Object.hasOwn(answers, name) ? answers[name] : undefined;
  if (known !== undefined) return resolve(known, operation);
  if (status === 429) return 'throttled';
  if (isAnswer(evidence)) return resolve(code.startsWith('HTTP ') || (status ?? 0) >= 500 ? 'unsure' : 'transient', operation);
  if (evidence.wasSent === false) return 'transient';
  const isOurFault = /^(?:Type|Range|Reference)Error$/.test(evidence.name ?? '') && code === evidence.name;
  return isOurFault ? 'bug' : resolve('unsure', operation);
}

function resolve(entry: Entry, operation: string): FailureClass {
  if (entry !== 'unsure') return entry;
  return operation === 'IssueCertificate' ? 'ambiguous' : 'transient';
}

/** Did AWS say this in its own form? */
export function isAnswer(error: unknown): boolean {
  return typeof error === 'object' && error !== null && '$fault' in error;
}

function messageOf(code: string, evidence: Evidence, status: number | undefined): string {
  if (code === 'UnreadableAnswer') return `the answer${status === undefined ? '' : ` (HTTP ${status})`} cannot be read; it may come from a proxy`;
  const words = isAnswer(evidence) || !Object.hasOwn(connectionWords, code) ? undefined : connectionWords[code];
  // The name that was looked up helps, and does not change.
  if (words !== undefined) return `${words}${evidence.hostname === undefined ? '' : `: ${evidence.hostname}`}${wayOf(evidence)}`;
  const said = stableMessage(evidence.message ?? '');
  return said === '' || said === 'UnknownError' ? `the answer is HTTP ${status ?? 0} and says nothing more` : said;
}

function wayOf({ proxy, statusCode }: Evidence): string {
  const answer = typeof statusCode === 'number' ? ` (it answers HTTP ${statusCode})` : '';
  return proxy === undefined ? '' : `; the way there leads through the proxy ${proxy}${answer}`;
}
