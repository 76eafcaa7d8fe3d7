// One certificate for one request: issue once, remember the ARN, fetch when signed (invariants 3, 11, 12).
import type { Failure } from '../domain/failure.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Plan } from '../domain/plan.ts';
import { arnAnnotation, generationAnnotation, ownAnnotation, type Request } from '../domain/request.ts';
import { tracesOf, withoutOrder } from '../domain/request-traces.ts';
import { pollDelayMs, retryDelayMs } from '../domain/retry.ts';
import { writeForRequest } from '../domain/validity.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger, Metrics } from '../runtime/ports.ts';
import { describeFailure } from './describe-failure.ts';
import type { OrderGate } from './order-gate.ts';
import type { Access, Authority, Requests, SignedCertificate } from './ports.ts';
import type { Admission, IntendedCall } from './admission.ts';
import { generationOf, isMarkedOwn } from './known-arn.ts';
import { countFailure, isAmbiguous, letBaseMove, type RequestMemory } from './request-memory.ts';
import type { OrderTerms, RunawayGuard } from './runaway-guard.ts';
import { makeSigningTimes } from './signing-times.ts';

export interface ObtainPorts {
  readonly requests: Requests;
  readonly authority: Authority;
  readonly orders: OrderGate;
  readonly admission: Admission;
  readonly guard: RunawayGuard;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

export interface Order {
  /** Since when it may be signed. */
  readonly since: Date;
  readonly request: Request;
  readonly access: Access;
  readonly memory: RequestMemory;
  readonly terms: OrderTerms;
}

/** Either the answer of AWS, or the outcome of this look; `request` is the object after our own writes. */
export type Obtained = Signed | Settled;

export interface Signed {
  readonly kind: 'signed';
  readonly request: Request;
  readonly arn: string;
  readonly answer: SignedCertificate;
}

export interface Settled {
  readonly kind: 'outcome';
  readonly request: Request;
  readonly outcome: Outcome;
}

/** Where slow signing is said aloud; until then a request that waits for AWS writes nothing. */
const silentSigningMs = 10_000;
const missingTries = 6;
/** The last permitted certificate is looked for so long before the request is given up. */
const lastChanceMs = 60 * 60_000;

/** As in aws-privateca-issuer v1.12.0; alerts match on them. */
const orderPrefix = 'failed to request certificate from PCA: ';
const fetchPrefix = 'failed to issue certificate from PCA: ';

const unambiguous = { ambiguousSinceMs: undefined, ambiguousTries: 0, ambiguousToken: undefined };

export function makeObtainCertificate(ports: ObtainPorts) {
  const { requests, authority, orders, admission, guard, clock, metrics, logger } = ports;
  const signingTimes = makeSigningTimes();

  /** Asks AWS for the certificate and writes its ARN down. */
  async function issue(order: Order, plan: Plan, signal: AbortSignal): Promise<Settled> {
    const { request, access, memory, terms } = order;
    const refused = orders.refusal();
    if (refused !== undefined) return outcomeOf(request, retryLater(memory, refused, refused.message));
    // A repetition costs nothing more, and has little time.
    const held = memory.ambiguousToken === plan.token ? undefined : guard.ask({ ...terms, token: plan.token, request });
    if (held !== undefined) {
      admission.leave(request.key);
      letBaseMove(memory);
      return outcomeOf(request, held);
    }
    const call: IntendedCall = { request, access, plan, prefix: orderPrefix, operation: 'IssueCertificate', mayWait: memory.ambiguousSinceMs === undefined };
    const waits = admission.ask(call);
    if (waits !== undefined) {
      guard.settle(plan.token, 'none');
      letBaseMove(memory);
      return outcomeOf(request, waits);
    }
    if (memory.ambiguousToken !== undefined && memory.ambiguousToken !== plan.token) countOneMore(order, 'the issuer has changed since an attempt whose answer was lost');
    const startedMs = clock.now();
    const issued = await authority.issue(access, plan, signal);
    guard.settle(plan.token, issued.ok ? 'made' : issued.failure.class === 'ambiguous' ? 'lost' : 'none');
    if (!issued.ok) return refusedIssue(order, call, plan, issued.failure, startedMs);
    admission.passed(call);
    metrics.observe('pca_issuer_issuance_seconds', secondsSince(order.since.getTime()), { phase: 'order' });
    const { certificateArn, awsRequestId } = issued.value;
    logger.info('certificate ordered', { ...request.key, uid: request.uid, certificateArn, awsRequestId, template: plan.template.name });
    Object.assign(memory, { ...unambiguous, ownArn: certificateArn, ownAuthorityArn: access.authority.arn, traces: tracesOf(plan, certificateArn), issuedAtMs: startedMs, fetchingSinceMs: startedMs, looks: 0, failures: 0, missing: 0 });
    const firstPollMs = clock.now() + signingTimes.expected(access.authority.arn);
    const written = await persist(order, certificateArn, signal);
    const outcome: Outcome = { kind: 'polling', afterMs: Math.max(0, firstPollMs - clock.now()) };
    return { kind: 'outcome', request: written ?? request, outcome };
  }

  /**
   * When AWS has had time to forget the token of a lost attempt, one more certificate is possible: it is counted, and asked
   * for only once AWS answers at all, so that an outage costs one more certificate and not one every few minutes.
   * @returns the outcome of this look while AWS does not answer.
   */
  async function endAmbiguity(order: Order, signal: AbortSignal): Promise<Settled | undefined> {
    const { request, access, memory } = order;
    if (memory.ambiguousSinceMs === undefined || isAmbiguous(memory, clock.now())) return undefined;
    const waits = admission.ask({ request, access, prefix: orderPrefix, operation: 'DescribeCertificateAuthority', mayWait: false });
    if (waits !== undefined) return outcomeOf(request, waits);
    const answered = await authority.describe(access, signal);
    // A conflict: this process may not ask, since it no longer leads.
    if (!answered.ok && (answered.failure.class === 'transient' || answered.failure.class === 'conflict')) {
      const { failure } = answered;
      return outcomeOf(request, retryLater(memory, failure, describeFailure(failure, orderPrefix, access)));
    }
    countOneMore(order, 'AWS may have forgotten the token of an attempt whose answer was lost');
    // Whatever was made from the standing base cannot be found again, so the base may move.
    memory.hasCleanRefusal = true;
    return undefined;
  }

  function countOneMore({ request, memory }: Order, why: string): void {
    metrics.count('pca_issuer_ambiguous_issues_total');
    logger.warn(`${why}; one more certificate is possible`, { uid: request.uid });
    Object.assign(memory, unambiguous);
  }

  function refusedIssue({ request, access, memory }: Order, call: IntendedCall, plan: Plan, failure: Failure, startedMs: number): Settled {
    const message = describeFailure(failure, orderPrefix, access, plan);
    if (failure.class === 'rejected') return outcomeOf(request, { kind: 'failed', reason: 'RejectedByAWS', message, awsRequestId: failure.awsRequestId });
    if (failure.class === 'ambiguous') {
      memory.ambiguousSinceMs ??= startedMs;
      memory.ambiguousToken ??= plan.token;
    } else if (memory.ambiguousSinceMs === undefined) memory.hasCleanRefusal = true;
    return outcomeOf(request, admission.failed(call, failure) ?? retryLater(memory, failure, message));
  }

  /** A failed write is repeated at the next look: the ARN stays in memory. */
  async function persist({ request, memory }: Order, arn: string, signal: AbortSignal): Promise<Request | undefined> {
    const annotations = { [arnAnnotation]: arn, [ownAnnotation]: writeForRequest(request.uid, arn), ...memory.traces };
    const written = await requests.annotate(request, annotations, signal);
    if (!written.ok) logger.info('the certificate ARN will be written at the next look', { uid: request.uid, cause: written.failure.message });
    return written.ok ? written.value : undefined;
  }

  async function fetch(order: Order, arn: string, signal: AbortSignal): Promise<Obtained> {
    const { access, memory } = order;
    const isPersisted = memory.ownArn !== arn || (order.request.annotations[arnAnnotation] === arn && isMarkedOwn(order.request, arn));
    const request = isPersisted ? order.request : ((await persist(order, arn, signal)) ?? order.request);
    memory.fetchingSinceMs ??= clock.now();
    const laterMs = memory.issuedAtMs === undefined ? 0 : signingTimes.laterMs(access.authority.arn, clock.now() - memory.fetchingSinceMs);
    if (laterMs > 0) return outcomeOf(request, { kind: 'polling', afterMs: laterMs });
    const call: IntendedCall = { request, access, prefix: fetchPrefix, operation: 'GetCertificate', mayWait: true };
    const waits = admission.ask(call);
    if (waits !== undefined) return outcomeOf(request, waits);
    const afterMs = clock.now() - memory.fetchingSinceMs;
    const fetched = await authority.fetch(access, arn, signal);
    if (!fetched.ok) return refusedFetch({ ...order, request }, call, arn, fetched.failure, signal);
    admission.passed(call);
    Object.assign(memory, { failures: 0, missing: 0, missingSinceMs: undefined });
    memory.looks++;
    if (memory.issuedAtMs !== undefined) signingTimes[fetched.value === 'in-progress' ? 'tooSoon' : 'inTime'](access.authority.arn, { afterMs, number: memory.looks });
    const elapsedMs = clock.now() - memory.fetchingSinceMs;
    if (fetched.value !== 'in-progress') {
      if (memory.issuedAtMs !== undefined) {
        metrics.observe('pca_issuer_issuance_seconds', secondsSince(memory.issuedAtMs), { phase: 'signing' });
      }
      memory.fetchedAtMs = clock.now();
      return { kind: 'signed', request, arn, answer: fetched.value };
    }
    const nextMs = pollDelayMs(elapsedMs, memory.looks, clock.random());
    const isSlow = elapsedMs > silentSigningMs;
    const message = `waiting for certificate to be issued: AWS Private CA is still signing ${arn}`;
    return outcomeOf(request, isSlow ? { kind: 'waiting', reason: 'SlowSigning', message, afterMs: nextMs } : { kind: 'polling', afterMs: nextMs });
  }

  async function refusedFetch(order: Order, call: IntendedCall, arn: string, failure: Failure, signal: AbortSignal): Promise<Settled> {
    const { request, access, memory } = order;
    const isMissing = failure.class === 'rejected';
    const message = describeFailure(isMissing ? { ...failure, class: 'transient' } : failure, fetchPrefix, access);
    if (isMissing) memory.missingSinceMs ??= clock.now();
    const isLast = memory.ownArn === arn && generationOf(request) === 1;
    const isPatient = isLast && clock.now() - (memory.missingSinceMs ?? 0) < lastChanceMs;
    const waits = admission.failed(call, failure);
    if (waits !== undefined) return outcomeOf(request, waits);
    if (!isMissing || ++memory.missing < missingTries || isPatient) return outcomeOf(request, retryLater(memory, failure, message));
    return dropCertificate(order, arn, `cannot be had (${failure.message})`, signal);
  }

  /**
   * An answer that nobody can read may be a better one next time, so the certificate, which is paid for, is not dropped at once.
   * @param why a sentence.
   */
  async function fetchAgain(order: Order, arn: string, why: string, signal: AbortSignal): Promise<Settled> {
    const { request, access, memory } = order;
    if (++memory.unreadable >= missingTries) return dropCertificate(order, arn, `cannot be read (${why})`, signal);
    const failure: Failure = { class: 'transient', code: 'UnreadableCertificate', message: why, operation: 'GetCertificate' };
    const message = describeFailure(failure, fetchPrefix, access);
    return outcomeOf(request, { kind: 'retry', failure, message, afterMs: retryDelayMs(failure, memory.unreadable - 1, clock.random()) });
  }

  /**
   * A certificate that cannot be published is dropped. A hint costs nothing; our own leads to generation 1, once.
   * @param why completes "the certificate that AWS returned …".
   */
  async function dropCertificate({ request, memory }: Order, arn: string, why: string, signal: AbortSignal): Promise<Settled> {
    const again: Outcome = { kind: 'polling', afterMs: 0 };
    Object.assign(memory, { missing: 0, missingSinceMs: undefined, unreadable: 0 });
    if (memory.ownArn !== arn) {
      memory.refusedHints.add(arn);
      logger.warn(`the annotation ${arnAnnotation} names a certificate that ${why}; it is not used`, { uid: request.uid, certificateArn: arn });
      return outcomeOf(request, again);
    }
    if (generationOf(request) === 1) {
      const message = `the certificate that AWS returned ${why}, for the second time; neither was published. The last one is ${arn}`;
      return outcomeOf(request, { kind: 'failed', reason: 'CertificateUnproven', message });
    }
    const annotations = { ...withoutOrder, [generationAnnotation]: writeForRequest(request.uid, '1') };
    const written = await requests.annotate(request, annotations, signal);
    if (!written.ok) return outcomeOf(request, retryLater(memory, written.failure, written.failure.message));
    metrics.count('pca_issuer_second_issues_total');
    logger.error(`the certificate that AWS returned ${why}; it is dropped, and one more is asked for`, { uid: request.uid, certificateArn: arn });
    memory.refusedHints.add(arn);
    Object.assign(memory, { ownArn: undefined, traces: {}, issuedAtMs: undefined, fetchingSinceMs: undefined, hasCleanRefusal: false });
    return outcomeOf(written.value, again);
  }

  function secondsSince(ms: number): number {
    return Math.max(0, clock.now() - ms) / 1_000;
  }

  function retryLater(memory: RequestMemory, failure: Failure, message: string): Outcome {
    return { kind: 'retry', failure, message, afterMs: retryDelayMs(failure, countFailure(memory, failure.class), clock.random()) };
  }

  return { issue, endAmbiguity, fetch, fetchAgain, dropCertificate };
}

function outcomeOf(request: Request, outcome: Outcome): Settled {
  return { kind: 'outcome', request, outcome };
}
