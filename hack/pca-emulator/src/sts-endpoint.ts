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

// Everything else in a form (the token first of all) stays out of the journal; tags go in as one object (tagsOf).
const journalled = ['RoleArn', 'RoleSessionName', 'DurationSeconds', 'ExternalId'];

/** Answers one call of STS. */
export async function answerSts(request: WireRequest, connection: Connection, emulator: Emulator): Promise<void> {
  const { store, clock, journal } = emulator;
  const requestId = randomUUID();
  const arrivedAtMs = clock.machineNow();
  const settings = store.settings();
  const form = formOf(request.body);
  const action = form.get('Action') ?? '';
  const asked = { ...Object.fromEntries(journalled.flatMap((name) => (form.has(name) ? [[name, form.get(name)]] : []))), ...tagsOf(form) };
  const known = { operation: action, requestId, arrivedAtMs, ...given({ userAgent: request.headers['user-agent'] }) };
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
          ...known,
          parameters: { ...asked, ...given({ subject: notes.subject }) },
          ...given({ caller: caller?.arn ?? notes.caller?.principalArn, account: caller?.account ?? notes.caller?.account }),
        }),
      },
      connection,
      { ...emulator, settings },
    );
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    journal.record({ ...known, parameters: asked, outcome: error.code, message: error.message });
    connection.send(queryErrorReply(error, requestId));
  }
}

/** Tags and transitive keys as they were asked for, before anybody has judged them. */
function tagsOf(form: URLSearchParams): { readonly Tags?: Record<string, string>; readonly TransitiveTagKeys?: readonly string[] } {
  const keys = [...form.keys()].filter((name) => /^Tags\.member\.\d+\.Key$/.test(name));
  const tags = keys.map((name) => [form.get(name) ?? '', form.get(name.replace(/Key$/, 'Value')) ?? ''] as const);
  const transitive = [...form].filter(([name]) => name.startsWith('TransitiveTagKeys.member.')).map(([, key]) => key);
  return given({ Tags: tags.length > 0 ? Object.fromEntries(tags) : undefined, TransitiveTagKeys: transitive.length > 0 ? transitive : undefined });
}
