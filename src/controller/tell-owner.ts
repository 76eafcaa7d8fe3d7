// When does a wait concern the owner of the Certificate, who reads its events and never looks at requests? After five minutes, once.
import type { Outcome } from '../domain/outcome.ts';
import type { Request } from '../domain/request.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Events } from './ports.ts';
import type { Look } from './reconcile-request.ts';
import type { RequestMemories } from './request-memory.ts';

export interface TellOwnerPorts {
  readonly events: Events;
  readonly memories: Pick<RequestMemories, 'get'>;
  readonly clock: Pick<Clock, 'now'>;
}

export const longWaitMs = 5 * 60_000;

/**
 * Tells the owner where the request has waited for so long since it was allowed.
 * @returns in how many milliseconds to look again for the owner's sake; undefined where there is nothing more to tell.
 */
export function makeTellOwner({ events, memories, clock }: TellOwnerPorts): (look: Look, request: Request) => number | undefined {
  return ({ outcome, since }, request) => {
    const memory = memories.get(request.uid);
    const sentence = sentenceOf(outcome);
    if (request.owner === undefined || since === undefined || memory === undefined || memory.isOwnerTold || sentence === undefined) return undefined;
    const leftMs = since.getTime() + longWaitMs - clock.now();
    if (leftMs > 0) return leftMs;
    memory.isOwnerTold = true;
    const note = `CertificateRequest ${request.key.name} waits since ${since.toISOString()}: ${sentence}`;
    events.tell(request.owner, { type: 'Warning', reason: 'RequestWaits', note, once: request.uid });
    return undefined;
  };
}

/** @returns undefined where nothing keeps the request. */
function sentenceOf(outcome: Outcome): string | undefined {
  if (outcome.kind === 'waiting' || outcome.kind === 'parked' || outcome.kind === 'retry') return outcome.message;
  return outcome.kind === 'queued' ? 'its turn to call AWS has not come; more is asked for than the quota of the account gives' : undefined;
}
