// May a certificate be ordered now? Not while what we would write down about it cannot be written, nor while we stop.
import type { Failure, FailureClass, Result } from '../domain/failure.ts';
import type { Issuers, Requests } from './ports.ts';

export interface OrderGate {
  /** Why nothing may be ordered now; undefined where all is well. */
  refusal(): Failure | undefined;
}

/** The code of a refusal whose Pending status has to be written even where it says nothing new: that write is the probe. */
export const writesFail = 'WritesFail';

/** Refusals of one object, which tell nothing about the writing of others. */
const ofOneObject: ReadonlySet<FailureClass> = new Set(['conflict', 'rejected', 'bug']);

export interface OrderGateOptions {
  readonly isStopping: () => boolean;
  /** Ends a write; not the look's own signal, so that an answer that came late is still written down. */
  readonly signal: AbortSignal;
}

/** @returns the gate, and the ways to wrap the adapters whose writes it watches (docs/architecture.md, invariant 15). */
export function makeOrderGate({ isStopping, signal }: OrderGateOptions) {
  let trouble: Failure | undefined;

  const told = <T>(result: Result<T>): Result<T> => {
    if (result.ok) trouble = undefined;
    else if (!ofOneObject.has(result.failure.class)) trouble = result.failure;
    return result;
  };

  return {
    refusal(): Failure | undefined {
      const operation = 'IssueCertificate';
      if (isStopping()) return { class: 'conflict', code: 'Stopping', message: 'this process stops, so it orders nothing more', operation };
      if (trouble === undefined) return undefined;
      // The API server's own words may name somebody else's objects.
      const message = `the API server does not take our writes (${trouble.code}), so nothing is ordered from AWS; this goes on by itself`;
      return { class: 'transient', code: writesFail, message, operation };
    },
    watchRequests: (requests: Requests): Requests => ({
      load: (key, looking) => requests.load(key, looking),
      annotate: async (request, annotations) => told(await requests.annotate(request, annotations, signal)),
      publish: async (request, status) => told(await requests.publish(request, status, signal)),
    }),
    watchIssuers: (issuers: Issuers): Issuers => ({
      publish: async (issuer, status) => told(await issuers.publish(issuer, status, signal)),
    }),
  };
}
