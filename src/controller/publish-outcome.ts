// Outcome -> at most one status apply, one event, one metric, and when to look again.
import { alreadySays, deniedStatus, failedStatus, issuedStatus, pendingStatus, type RequestStatus } from '../domain/conditions.ts';
import { assertNever, type Outcome } from '../domain/outcome.ts';
import { describeKey, type Request, type RequestKey } from '../domain/request.ts';
import { retryDelayMs } from '../domain/retry.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger, Metrics } from '../runtime/ports.ts';
import type { Admission } from './admission.ts';
import type { IssuerDirectory } from './issuer-directory.ts';
import { writesFail } from './order-gate.ts';
import type { Events, Requests } from './ports.ts';
import type { Look } from './reconcile-request.ts';
import { countFailure, type RequestMemories } from './request-memory.ts';
import { makeTellOwner } from './tell-owner.ts';

export interface PublishPorts {
  readonly requests: Requests;
  readonly events: Events;
  readonly admission: Admission;
  readonly directory: IssuerDirectory;
  readonly memories: RequestMemories;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/** What the queue is to do with the key: nothing more, or another look after so many milliseconds. */
export type Next = 'forget' | { readonly afterMs: number };

/** A request that waits for others is woken; this is only in case that a wake was missed. */
const missedWakeMs = 10 * 60_000;

export function makePublishOutcome(ports: PublishPorts): (key: RequestKey, look: Look, signal: AbortSignal) => Promise<Next> {
  const { requests, events, admission, directory, memories, clock, metrics, logger } = ports;
  const tellOwner = makeTellOwner(ports);

  return async (key, look, signal) => {
    const { request, outcome } = look;
    if (request === undefined) {
      if (outcome.kind === 'retry') return { afterMs: outcome.afterMs };
      directory.release(key);
      admission.leave(key);
      return 'forget';
    }
    const status = statusOf(outcome, new Date(clock.now()));
    if (status === undefined || (alreadySays(request, status) && !isProbe(outcome))) return afterwards(look, request);
    const written = await requests.publish(request, status, signal);
    if (!written.ok) {
      const memory = memories.get(request.uid);
      const afterMs = retryDelayMs(written.failure, memory === undefined ? 0 : countFailure(memory, written.failure.class), clock.random());
      logger.info(`the status of ${describeKey(key)} will be written again`, { uid: request.uid, cause: written.failure.message, afterMs });
      return { afterMs };
    }
    tell(look, request);
    return afterwards(look, request);
  };

  function afterwards(look: Look, request: Request): Next {
    const { outcome } = look;
    const afterMs = outcome.kind === 'queued' || outcome.kind === 'parked' ? missedWakeMs : 'afterMs' in outcome ? outcome.afterMs : undefined;
    return afterMs === undefined ? settle(request) : { afterMs: Math.min(afterMs, tellOwner(look, request) ?? Infinity) };
  }

  function settle(request: Request): Next {
    directory.release(request.key);
    admission.leave(request.key);
    memories.forget(request.uid);
    return 'forget';
  }

  function timeIssuance({ since }: Look, fetchedAtMs: number | undefined): void {
    const observe = (phase: string, fromMs: number): void => metrics.observe('pca_issuer_issuance_seconds', Math.max(0, clock.now() - fromMs) / 1_000, { phase });
    if (since !== undefined) observe('total', since.getTime());
    if (fetchedAtMs !== undefined) observe('publish', fetchedAtMs);
  }

  function tell(look: Look, request: Request): void {
    const { outcome } = look;
    const fields = { namespace: request.key.namespace, name: request.key.name, uid: request.uid };
    metrics.count('pca_issuer_outcomes_total', { outcome: outcome.kind });
    switch (outcome.kind) {
      case 'issued':
        timeIssuance(look, memories.get(request.uid)?.fetchedAtMs);
        logger.info('certificate issued', { ...fields, certificateArn: memories.get(request.uid)?.ownArn });
        events.tell(request, { type: 'Normal', reason: 'Issued', note: 'certificate issued' });
        for (const note of outcome.notes) events.tell(request, { type: 'Warning', reason: 'Difference', note });
        return;
      case 'failed':
        logger.warn(outcome.message, { ...fields, reason: outcome.reason, awsRequestId: outcome.awsRequestId });
        return events.tell(request, { type: 'Warning', reason: outcome.reason, note: outcome.message });
      case 'denied':
        return logger.info('request denied by an approval controller', fields);
      case 'waiting':
        logger.info(outcome.message, { ...fields, reason: outcome.reason });
        return events.tell(request, { type: 'Warning', reason: outcome.reason, note: outcome.message });
      case 'parked':
        logger.info(outcome.message, { ...fields, cause: outcome.cause, awsRequestId: outcome.awsRequestId });
        return events.tell(request, { type: 'Warning', reason: 'Pending', note: outcome.message });
      case 'retry':
        logger.info(outcome.message, { ...fields, class: outcome.failure.class, code: outcome.failure.code, awsRequestId: outcome.failure.awsRequestId });
        return events.tell(request, { type: 'Warning', reason: 'Pending', note: outcome.message });
      case 'ignored':
      case 'polling':
      case 'queued':
        return;
      default:
        return assertNever(outcome);
    }
  }
}

/** Is the write itself what tells whether writing works again? */
function isProbe(outcome: Outcome): boolean {
  return outcome.kind === 'retry' && outcome.failure.code === writesFail;
}

/** @returns undefined where nothing is to be written. */
function statusOf(outcome: Outcome, now: Date): RequestStatus | undefined {
  switch (outcome.kind) {
    case 'ignored':
    case 'polling':
    case 'queued':
      return undefined;
    case 'issued':
      return issuedStatus(outcome.certificate, outcome.ca);
    case 'failed':
      return failedStatus(outcome.message, now);
    case 'denied':
      return deniedStatus(now);
    case 'waiting':
    case 'parked':
      return pendingStatus(outcome.message);
    case 'retry':
      return outcome.failure.class === 'conflict' ? undefined : pendingStatus(outcome.message);
    default:
      return assertNever(outcome);
  }
}
