// From an HTTP request to a call of STS: action, signature where one is needed, and the words for the journal.
import { randomUUID } from 'node:crypto';
import { authenticate } from './access/authenticate.ts';
import { findKey } from './access/credentials.ts';
import type { Emulator } from './emulator.ts';
import { performExchange } from './exchange.ts';
import { given } from './given.ts';
import type { StsCall } from './sts/sts-call.ts';
import { stsOperation } from './sts/sts-operations.ts';
import { ApiError } from './wire/api-error.ts';
import type { Connection } from './wire/connection.ts';
import { formOf, queryErrorReply, queryReply } from './wire/query-protocol.ts';
import type { WireRequest } from './wire/request.ts';

// Everything else in a form (the token first of all) stays out of the journal.
const journalled = ['RoleArn', 'RoleSessionName', 'DurationSeconds', 'ExternalId'];

/** Answers one call of STS. */
export async function answerSts(request: WireRequest, connection: Connection, emulator: Emulator): Promise<void> {
  const { store, clock, journal } = emulator;
  const requestId = randomUUID();
  const arrivedAtMs = clock.machineNow();
  const settings = store.settings();
  const form = formOf(request.body);
  const action = form.get('Action') ?? '';
  const asked = Object.fromEntries(journalled.flatMap((name) => (form.has(name) ? [[name, form.get(name)]] : [])));
  try {
    const operation = stsOperation(action);
    const caller = operation.isSigned
      ? authenticate(request, {
          protocol: 'query',
          service: 'sts',
          nowMs: arrivedAtMs,
          settings,
          findKey: (accessKeyId) => findKey(store, accessKeyId),
        })
      : undefined;
    const notes: StsCall['notes'] = {};
    await performExchange(
      {
        operation: action,
        protocol: 'query',
        ca: undefined,
        run: async () => {
          const { findJsonWebKey } = emulator;
          const call = { caller, store, settings, nowMs: arrivedAtMs, findJsonWebKey, notes };
          return queryReply(action, await operation.run(form, call), requestId);
        },
        refuse: (error) => queryErrorReply(error, requestId),
        deny: () => new ApiError('AccessDenied', `Not authorized to perform sts:${action}`, 403),
        draft: () => ({
          operation: action,
          requestId,
          arrivedAtMs,
          parameters: { ...asked, ...given({ subject: notes.subject }) },
          ...given({ caller: caller?.arn ?? notes.caller?.principalArn, account: caller?.account ?? notes.caller?.account }),
        }),
      },
      connection,
      { ...emulator, settings },
    );
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    journal.record({ operation: action, requestId, arrivedAtMs, parameters: asked, outcome: error.code, message: error.message });
    connection.send(queryErrorReply(error, requestId));
  }
}
