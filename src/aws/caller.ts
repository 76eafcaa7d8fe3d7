// One call to AWS: credentials, deadline, one attempt, its failure classed, counted, timed and told to the log.
import type { ACMPCAClient } from '@aws-sdk/client-acm-pca';
import type { Access } from '../controller/ports.ts';
import { fail, succeed, type Failure, type Result } from '../domain/failure.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger, Metrics } from '../runtime/ports.ts';
import type { Clients, Lease } from './clients.ts';
import type { Limits } from './limits.ts';
import type { HandlerOptions } from './http-handler.ts';
import { FailureError, isExpiredToken, metricCode, toFailure } from './errors.ts';

export interface CallerPorts {
  readonly clients: Clients;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly limits: Pick<Limits, 'throttled'>;
  readonly totalMs: number;
}

export type Send<T> = (client: ACMPCAClient, options: SendOptions) => Promise<T>;

/** The SDK hands them on to our handler as they are. */
export interface SendOptions extends HandlerOptions {
  readonly abortSignal: AbortSignal;
}

export type Call = <T>(access: Access, operation: string, signal: AbortSignal, send: Send<T>) => Promise<Result<T>>;

export function makeCall({ clients, clock, logger, metrics, limits, totalMs }: CallerPorts): Call {
  let inFlight = 0;

  return async (access, operation, signal, send) => {
    const first = await attempt(access, operation, signal, send);
    // The SDK keeps credentials that AWS calls expired; fresh ones get one try.
    return first.hasExpired ? (await attempt(access, operation, signal, send)).result : first.result;
  };

  async function attempt<T>(access: Access, operation: string, signal: AbortSignal, send: Send<T>): Promise<{ result: Result<T>; hasExpired: boolean }> {
    const lease = await clients.acquire(access, signal);
    if (!lease.ok) return { result: lease, hasExpired: false };
    const unsigned = await credentialsFailure(lease.value, signal);
    if (unsigned !== undefined) return { result: fail(unsigned), hasExpired: expire(lease.value, unsigned) };
    const result = await sendOnce(lease.value, access, operation, signal, send);
    return { result, hasExpired: !result.ok && expire(lease.value, result.failure) };
  }

  /** Loads the credentials before the call, so that their failure is never taken for one of the call, nor their time for its. */
  function credentialsFailure({ credentials }: Lease, signal: AbortSignal): Promise<Failure | undefined> {
    const operation = 'LoadCredentials';
    return new Promise((resolve) => {
      const late = (): void => settle({ class: 'transient', code: 'TimeoutError', message: 'no credentials in time', operation });
      const brokenOff = (): void => settle({ class: 'transient', code: 'AbortError', message: 'the call was broken off', operation });
      const timer = clock.after(totalMs, late);
      const settle = (failure: Failure | undefined): void => {
        timer.cancel();
        signal.removeEventListener('abort', brokenOff);
        resolve(failure);
      };
      if (signal.aborted) return brokenOff();
      signal.addEventListener('abort', brokenOff, { once: true });
      credentials().then(
        () => settle(undefined),
        (error: unknown) => settle(toFailure(error, { operation })),
      );
    });
  }

  function expire(lease: Lease, failure: Failure): boolean {
    const hasExpired = isExpiredToken(failure);
    if (hasExpired) clients.drop(lease);
    return hasExpired;
  }

  async function sendOnce<T>({ client }: Lease, access: Access, operation: string, signal: AbortSignal, send: Send<T>): Promise<Result<T>> {
    const startedMs = clock.now();
    const told = (code: string, evidence: unknown): void => {
      const seconds = Math.max(0, clock.now() - startedMs) / 1_000;
      metrics.count('pca_issuer_aws_calls_total', { operation, code: metricCode(code) });
      metrics.observe('pca_issuer_aws_call_seconds', seconds, { operation });
      logger.debug('AWS answered', { operation, code, region: access.authority.region, seconds, awsRequestId: requestIdOf(evidence) });
    };
    metrics.set('pca_issuer_aws_calls_in_flight', ++inFlight);
    try {
      const answer = await send(client, { abortSignal: signal, userAgent: access.userAgent });
      told('ok', answer);
      return succeed(answer);
    } catch (error) {
      // Nothing was sent: we do not lead, or credentials that ran out in between could not be had again.
      if (error instanceof FailureError) return fail({ ...error.failure, operation });
      const failure = withRequestId(toFailure(error, { operation }), error);
      told(failure.code, error);
      if (failure.class === 'throttled') limits.throttled(access.authority, operation);
      return fail(failure);
    } finally {
      metrics.set('pca_issuer_aws_calls_in_flight', --inFlight);
    }
  }
}

function withRequestId(failure: Failure, evidence: unknown): Failure {
  const awsRequestId = requestIdOf(evidence);
  return awsRequestId === undefined ? failure : { ...failure, awsRequestId };
}

function requestIdOf(evidence: unknown): string | undefined {
  return (evidence as { $metadata?: { requestId?: string } } | undefined)?.$metadata?.requestId;
}
