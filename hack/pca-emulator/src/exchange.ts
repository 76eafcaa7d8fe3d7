// One call from start to end: the fault that waits for it, the operation, the journal's line, the answer.
import { setTimeout as delay } from 'node:timers/promises';
import type { Protocol } from './access/refusals.ts';
import { effectOf, type FaultEffect } from './faults/fault-kinds.ts';
import type { Fault, FaultQueue } from './faults/fault-queue.ts';
import { given } from './given.ts';
import { hanging, type Journal, type JournalDraft } from './journal/journal.ts';
import type { Settings } from './settings.ts';
import { ApiError } from './wire/api-error.ts';
import type { Connection } from './wire/connection.ts';
import type { Reply } from './wire/reply.ts';

export type InnerFault = 'wrong-key' | 'request-failed';

/** A call whose operation is known and whose signature was found good. */
export interface Exchange {
  readonly operation: string;
  readonly protocol: Protocol;
  /** The CA that the call names. */
  readonly ca: string | undefined;
  /** Carries the operation out. Throws ApiError for a refusal. */
  run(innerFault: InnerFault | undefined): Reply | Promise<Reply>;
  refuse(error: ApiError): Reply;
  /** The refusal of a call beyond its quota, which counts the call; such a call meets no fault. */
  admit?(): ApiError | undefined;
  /** The refusal of a caller without permission, in the words of the service. */
  deny(): ApiError;
  /** The journal's line as far as it is known by now. */
  draft(): Omit<JournalDraft, 'outcome'>;
}

export interface ExchangeServices {
  readonly faults: FaultQueue;
  readonly journal: Journal;
  readonly settings: Settings;
  /** Aborted when the emulator ends. */
  readonly ending: AbortSignal;
}

const tenMinutesMs = 600_000;
const page = '<html>\n<head><title>502 Bad Gateway</title></head>\n<body>\n<center><h1>502 Bad Gateway</h1></center>\n</body>\n</html>\n';

/** Answers the call, or does not, as the faults want it. Every call gets exactly one line in the journal. */
export async function performExchange(exchange: Exchange, connection: Connection, services: ExchangeServices): Promise<void> {
  const { faults, journal, settings, ending } = services;
  const beyondQuota = exchange.admit?.();
  const fault = beyondQuota === undefined ? faults.take(exchange.operation, exchange.ca) : undefined;
  const effect = beyondQuota === undefined ? effectOf(fault?.kind, exchange) : ({ act: 'refuse', error: beyondQuota } as const);
  const draft = (outcome: string, message?: string): JournalDraft => ({
    ...exchange.draft(),
    ...given({ outcome, message, fault: fault?.kind }),
  });
  if (effect?.act === 'reset' || effect?.act === 'drop') {
    journal.record(draft(effect.act === 'reset' ? 'reset' : 'dropped'));
    connection[effect.act]();
    return;
  }
  let write = (line: JournalDraft): void => void journal.record(line);
  if (fault !== undefined && effect?.act === 'hang') {
    const { seq } = journal.record(draft(hanging));
    write = (line) => journal.amend(seq, line);
    if ((await faults.hold(fault, AbortSignal.any([connection.left, ending]))) === 'left') {
      write(draft('client left'));
      return;
    }
  }
  const { reply, outcome, message } = await outcomeOf(exchange, fault, effect);
  write(draft(outcome, message));
  const answer = effect?.act === 'answer' ? effect.kind : undefined;
  const roundTripMs = settings.roundTripMs[exchange.operation] ?? settings.roundTripMs['*'] ?? 0;
  const waitMs = roundTripMs + (answer === 'slow' ? (fault?.delayMs ?? 1000) : 0);
  if (waitMs > 0) await delay(waitMs, undefined, { signal: ending }).catch(() => undefined);
  if (answer === 'lost') connection.reset();
  else if (answer === 'reset-mid-body') connection.resetMidBody(reply);
  else connection.send(bent(reply, answer, fault));
}

interface Result {
  readonly reply: Reply;
  readonly outcome: string;
  readonly message?: string;
}

async function outcomeOf(exchange: Exchange, fault: Fault | undefined, effect: FaultEffect | undefined): Promise<Result> {
  const refused = (error: ApiError): Result => ({ reply: exchange.refuse(error), outcome: error.code, message: error.message });
  if (effect?.act === 'refuse') return refused(effect.error);
  if (effect?.act === 'deny') return refused(exchange.deny());
  if (effect?.act === 'html') return { reply: { status: fault?.status ?? 502, headers: { 'content-type': 'text/html' }, body: page }, outcome: 'html' };
  if (effect?.act === 'plant') return { reply: planted(fault), outcome: 'planted' };
  try {
    return { reply: await exchange.run(effect?.act === 'inside' ? effect.kind : undefined), outcome: 'ok' };
  } catch (error) {
    if (error instanceof ApiError) return refused(error);
    // A fault of the emulator's own: the caller sees what AWS would show, the terminal shows the rest.
    process.emitWarning(error instanceof Error ? error : new Error(String(error)));
    return refused(new ApiError('InternalFailure', 'The emulator itself has failed; its terminal says how.', 500));
  }
}

function planted(fault: Fault | undefined): Reply {
  const body = typeof fault?.body === 'string' ? fault.body : JSON.stringify(fault?.body ?? {});
  return { status: fault?.status ?? 200, headers: { 'content-type': 'application/x-amz-json-1.1' }, body };
}

function bent(reply: Reply, answer: Extract<FaultEffect, { act: 'answer' }>['kind'] | undefined, fault: Fault | undefined): Reply {
  if (answer === 'truncated-json') return { ...reply, body: reply.body.slice(0, Math.floor(reply.body.length / 2)) };
  if (answer === 'empty-200') return { ...reply, status: 200, body: '' };
  // The machine's clock, as ever for the Date header; the virtual one has no say here.
  if (answer === 'wrong-date') return { ...reply, headers: { ...reply.headers, date: new Date(Date.now() + (fault?.skewMs ?? tenMinutesMs)).toUTCString() } };
  return reply;
}
