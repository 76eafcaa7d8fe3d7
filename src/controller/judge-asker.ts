// May this namespace ask this issuer for this? Asked before anything is sent to AWS or written for it (docs/architecture.md, invariant 13).
import type { IssuerConfig } from '../domain/issuer-config.ts';
import { describeIssuer } from '../domain/issuer.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Request } from '../domain/request.ts';
import { asksForCA, judgeAsker, needsLabels } from '../domain/request-policy.ts';
import { retryDelayMs } from '../domain/retry.ts';
import type { Clock } from '../runtime/clock.ts';
import { issuerKeyOf } from './issuer-directory.ts';
import type { Namespaces } from './ports.ts';
import { countFailure, type RequestMemory } from './request-memory.ts';

export interface AskerPorts {
  readonly namespaces: Namespaces;
  readonly clock: Clock;
}

/** The issuer wakes a request that it refuses; labels of namespaces are not watched, so that they are looked at again. */
const lookAgainMs = 60_000;

/** @returns a function whose answer is the outcome of this look, or undefined: the request may go on. */
export function makeJudgeAsker({ namespaces, clock }: AskerPorts) {
  return async (request: Request, config: IssuerConfig, memory: RequestMemory, signal: AbortSignal): Promise<Outcome | undefined> => {
    const { requestPolicy: policy } = config;
    const { namespace } = request.key;
    const read = needsLabels(policy, namespace) ? await namespaces.labels(namespace, signal) : undefined;
    if (read?.ok === false) {
      const { failure } = read;
      const way = failure.class === 'unauthorised' ? '; let the controller get namespaces, or name this one in spec.requestPolicy.namespaces of the issuer' : '';
      const message = `the labels of namespace ${namespace} could not be read, and spec.requestPolicy.namespaceSelector of the issuer asks for them: ${failure.operation}: ${failure.code}: ${failure.message}${way}`;
      return { kind: 'retry', failure, message, afterMs: retryDelayMs(failure, countFailure(memory, failure.class), clock.random()) };
    }
    const asker = { namespace, labels: read?.value ?? {}, isCA: asksForCA(request, config) };
    const verdict = judgeAsker(policy, describeIssuer(issuerKeyOf(request)), asker);
    return verdict.kind === 'allowed' ? undefined : { kind: 'waiting', reason: verdict.reason, message: verdict.message, afterMs: lookAgainMs };
  };
}
