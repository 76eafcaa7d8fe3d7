// One certificate for one request: issue once, remember the ARN, fetch when signed (invariants 3, 11, 12).
import { isCertificateOf } from '../domain/authority.ts';
import type { Failure } from '../domain/failure.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Plan } from '../domain/plan.ts';
import { arnAnnotation, generationAnnotation, type Request } from '../domain/request.ts';
import { pollDelayMs, retryDelayMs } from '../domain/retry.ts';
import { readForRequest, writeForRequest } from '../domain/validity.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger, Metrics } from '../runtime/ports.ts';
import { describeFailure } from './describe-failure.ts';
import type { Access, Authority, Requests, SignedCertificate } from './ports.ts';
import { isAmbiguous, type RequestMemory } from './request-memory.ts';
import { makeSigningTimes } from './signing-times.ts';

export interface ObtainPorts {
  readonly requests: Requests;
  readonly authority: Authority;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

export interface Order {
  readonly request: Request;
  readonly access: Access;
  readonly memory: RequestMemory;
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

/** The ARN to fetch: this process's own, else the annotation where it has the right shape and was not refused before. */
export function knownArn({ request, access, memory }: Order): string | undefined {
  if (memory.ownArn !== undefined) return memory.ownArn;
  const hint = request.annotations[arnAnnotation];
  if (hint === undefined || memory.refusedHints.has(hint)) return undefined;
  return isCertificateOf(access.authority.arn, hint) ? hint : undefined;
}

/** 0 for the first certificate, 1 for the only second one (invariant 11). */
export function generationOf(request: Request): 0 | 1 {
  return readForRequest(request.uid, request.annotations[generationAnnotation]) === '1' ? 1 : 0;
}

export function makeObtainCertificate(ports: ObtainPorts) {
  const { requests, authority, clock, metrics, logger } = ports;
  const signingTimes = makeSigningTimes();

  /** Asks AWS for the certificate and writes its ARN down. */
  async function issue(order: Order, plan: Plan, signal: AbortSignal): Promise<Settled> {
    const { request, access, memory } = order;
    if (memory.ambiguousSinceMs !== undefined && !isAmbiguous(memory, clock.now())) {
      metrics.count('pca_issuer_ambiguous_issues_total');
      logger.warn('AWS may have forgotten the token of an attempt whose answer was lost; one more certificate is possible', { uid: request.uid });
      Object.assign(memory, { ambiguousSinceMs: undefined, ambiguousTries: 0 });
    }
    const startedMs = clock.now();
    const issued = await authority.issue(access, plan, signal);
    if (!issued.ok) return refusedIssue(order, plan, issued.failure, startedMs);
    logger.info('certificate ordered', { uid: request.uid, certificateArn: issued.value, template: plan.template.name });
    Object.assign(memory, { ownArn: issued.value, issuedAtMs: startedMs, failures: 0, missing: 0, ambiguousSinceMs: undefined, ambiguousTries: 0 });
    const firstPollMs = clock.now() + signingTimes.expected(access.authority.arn);
    const written = await persist(order, issued.value, signal);
    const outcome: Outcome = { kind: 'polling', afterMs: Math.max(0, firstPollMs - clock.now()) };
    return { kind: 'outcome', request: written ?? request, outcome };
  }

  function refusedIssue({ request, access, memory }: Order, plan: Plan, failure: Failure, startedMs: number): Settled {
    const message = describeFailure(failure, `failed to request certificate from PCA: `, access, plan);
    if (failure.class === 'rejected') return outcomeOf(request, { kind: 'failed', reason: 'RejectedByAWS', message });
    if (failure.class === 'ambiguous') memory.ambiguousSinceMs ??= startedMs;
    else if (memory.ambiguousSinceMs === undefined) memory.hasCleanRefusal = true;
    return outcomeOf(request, retryLater(memory, failure, message));
  }

  /** A failed write is repeated at the next look: the ARN stays in memory. */
  async function persist({ request }: Order, arn: string, signal: AbortSignal): Promise<Request | undefined> {
    const written = await requests.annotate(request, { [arnAnnotation]: arn }, signal);
    if (!written.ok) logger.info('the certificate ARN will be written at the next look', { uid: request.uid, cause: written.failure.message });
    return written.ok ? written.value : undefined;
  }

  async function fetch(order: Order, arn: string, signal: AbortSignal): Promise<Obtained> {
    const { access, memory } = order;
    const isPersisted = order.request.annotations[arnAnnotation] === arn;
    const request = isPersisted ? order.request : ((await persist(order, arn, signal)) ?? order.request);
    memory.issuedAtMs ??= clock.now();
    const fetched = await authority.fetch(access, arn, signal);
    if (!fetched.ok) return refusedFetch({ ...order, request }, arn, fetched.failure, signal);
    memory.failures = 0;
    memory.missing = 0;
    const elapsedMs = clock.now() - memory.issuedAtMs;
    if (fetched.value !== 'in-progress') {
      if (memory.ownArn === arn) signingTimes.learn(access.authority.arn, elapsedMs);
      return { kind: 'signed', request, arn, answer: fetched.value };
    }
    const afterMs = pollDelayMs(elapsedMs, clock.random());
    const isSlow = elapsedMs > silentSigningMs;
    const message = `waiting for certificate to be issued: AWS Private CA is still signing ${arn}`;
    return outcomeOf(request, isSlow ? { kind: 'waiting', reason: 'SlowSigning', message, afterMs } : { kind: 'polling', afterMs });
  }

  async function refusedFetch(order: Order, arn: string, failure: Failure, signal: AbortSignal): Promise<Settled> {
    const { request, access, memory } = order;
    const message = describeFailure(failure, `failed to issue certificate from PCA: `, access);
    if (failure.class !== 'rejected' || ++memory.missing < missingTries) return outcomeOf(request, retryLater(memory, failure, message));
    return dropCertificate(order, arn, `cannot be had (${failure.message})`, signal);
  }

  /**
   * A certificate that cannot be published is dropped. A hint costs nothing; our own leads to generation 1, once.
   * @param why completes "the certificate that AWS returned …".
   */
  async function dropCertificate({ request, memory }: Order, arn: string, why: string, signal: AbortSignal): Promise<Settled> {
    const again: Outcome = { kind: 'polling', afterMs: 0 };
    memory.missing = 0;
    if (memory.ownArn === undefined) {
      memory.refusedHints.add(arn);
      logger.warn(`the annotation ${arnAnnotation} names a certificate that ${why}; it is not used`, { uid: request.uid, certificateArn: arn });
      return outcomeOf(request, again);
    }
    if (generationOf(request) === 1) {
      const message = `the certificate that AWS returned ${why}, for the second time; neither was published. The last one is ${arn}`;
      return outcomeOf(request, { kind: 'failed', reason: 'CertificateUnproven', message });
    }
    const annotations = { [generationAnnotation]: writeForRequest(request.uid, '1'), [arnAnnotation]: null };
    const written = await requests.annotate(request, annotations, signal);
    if (!written.ok) return outcomeOf(request, retryLater(memory, written.failure, written.failure.message));
    metrics.count('pca_issuer_second_issues_total');
    logger.error(`the certificate that AWS returned ${why}; it is dropped, and one more is asked for`, { uid: request.uid, certificateArn: arn });
    memory.refusedHints.add(arn);
    Object.assign(memory, { ownArn: undefined, issuedAtMs: undefined, hasCleanRefusal: false });
    return outcomeOf(written.value, again);
  }

  function retryLater(memory: RequestMemory, failure: Failure, message: string): Outcome {
    const attempt = failure.class === 'ambiguous' ? memory.ambiguousTries++ : memory.failures++;
    return { kind: 'retry', failure, message, afterMs: retryDelayMs(failure, attempt, clock.random()) };
  }

  return { issue, fetch, dropCertificate };
}

function outcomeOf(request: Request, outcome: Outcome): Settled {
  return { kind: 'outcome', request, outcome };
}
