// From an HTTP request to a call of ACM PCA: name, signature, input, and the words for the journal.
import { randomUUID } from 'node:crypto';
import { authenticate } from './access/authenticate.ts';
import { findKey, type Caller } from './access/credentials.ts';
import { denied } from './access/permissions.ts';
import { signingRequestSha256 } from './certificates/signing-request.ts';
import type { Emulator } from './emulator.ts';
import { performExchange } from './exchange.ts';
import { given } from './given.ts';
import type { CallNotes } from './operations/call.ts';
import { knownOperation, runOperation } from './operations/operations.ts';
import { ApiError } from './wire/api-error.ts';
import type { Connection } from './wire/connection.ts';
import { inputOf, jsonErrorReply, jsonReply, operationOf } from './wire/json-protocol.ts';
import type { WireRequest } from './wire/request.ts';

/** Answers one call of ACM PCA. Calls that are refused before the operation (name, signature) meet no fault. */
export async function answerPca(request: WireRequest, connection: Connection, emulator: Emulator): Promise<void> {
  const { store, clock, journal, quotas, reports } = emulator;
  const requestId = randomUUID();
  const arrivedAtMs = clock.machineNow();
  const settings = store.settings();
  const userAgent = request.headers['user-agent'];
  let name = 'unknown';
  try {
    name = operationOf(request.headers['x-amz-target']);
    const operation = knownOperation(name);
    const caller = authenticate(request, {
      protocol: 'json',
      service: 'acm-pca',
      nowMs: arrivedAtMs,
      settings,
      findKey: (accessKeyId) => findKey(store, accessKeyId),
    });
    const input = inputOf(request.body);
    const notes: CallNotes = {};
    const known = { ...whoCalls(caller), ...whatIsAsked(input), ...given({ userAgent }), operation, requestId, arrivedAtMs };
    await performExchange(
      {
        operation,
        protocol: 'json',
        ca: known.ca,
        admit: () => quotas.admit({ account: caller.account, region: caller.region, operation }, settings),
        run: (innerFault) => {
          const call = { operation, caller, store, settings, nowMs: clock.now(), notes, innerFault, reports };
          return jsonReply(runOperation(operation, input, call), requestId);
        },
        refuse: (error) => jsonErrorReply(error, requestId),
        deny: () => denied(caller, { operation, ca: known.ca ?? '*' }, settings, `because no identity-based policy allows the acm-pca:${operation} action`),
        draft: () => ({ ...known, ...fromNotes(notes) }),
      },
      connection,
      { ...emulator, settings },
    );
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    journal.record({ operation: name, ...given({ userAgent }), requestId, arrivedAtMs, outcome: error.code, message: error.message });
    connection.send(jsonErrorReply(error, requestId));
  }
}

function whoCalls({ arn, account }: Caller): { readonly caller: string; readonly account: string } {
  return { caller: arn, account };
}

interface Asked {
  readonly ca?: string;
  readonly template?: string;
  readonly token?: string;
  readonly csrSha256?: string;
  readonly certificateArn?: string;
  readonly parameters?: Record<string, unknown>;
}

/** The input as the journal keeps it: the CSR as a digest, the rest as it came. */
function whatIsAsked(input: Readonly<Record<string, unknown>>): Asked {
  const { CertificateAuthorityArn: ca, TemplateArn: template, IdempotencyToken: token, Csr: csr, CertificateArn: certificateArn, ...parameters } = input;
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  return given({
    ca: text(ca),
    template: text(template),
    token: text(token),
    csrSha256: typeof csr === 'string' ? signingRequestSha256(Buffer.from(csr, 'base64')) : undefined,
    certificateArn: text(certificateArn),
    parameters: Object.keys(parameters).length > 0 ? parameters : undefined,
  });
}

function fromNotes({ certificateArn, hasIssued = false, isReplay = false, violation }: CallNotes) {
  return given({ issued: hasIssued, replayed: isReplay, certificateArn, violation });
}
