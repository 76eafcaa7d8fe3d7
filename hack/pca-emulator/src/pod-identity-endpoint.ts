// GET /v1/credentials, as the agent of EKS Pod Identity answers it on each node: a raw token in Authorization, credentials as JSON.
import { randomUUID } from 'node:crypto';
import type { Session } from './access/credentials.ts';
import type { Emulator } from './emulator.ts';
import { performExchange } from './exchange.ts';
import { given } from './given.ts';
import type { Settings } from './settings.ts';
import type { ApiError } from './wire/api-error.ts';
import type { Connection } from './wire/connection.ts';
import type { Reply } from './wire/reply.ts';
import type { WireRequest } from './wire/request.ts';
import { assumeRoleForPodIdentity, podIdentityDenied, type PodIdentityCall } from './workload/assume-role-for-pod-identity.ts';
import { podIdentityOperation as operation } from './workload/workload-operations.ts';

/** Answers one request for a pod's credentials. */
export async function answerPodIdentity(request: WireRequest, connection: Connection, emulator: Emulator): Promise<void> {
  const { store, clock, findJsonWebKey } = emulator;
  const settings = store.settings();
  const requestId = randomUUID();
  const arrivedAtMs = clock.machineNow();
  const notes: PodIdentityCall['notes'] = {};
  await performExchange(
    {
      operation,
      protocol: 'json',
      ca: undefined,
      run: async () => credentialsReply(await assumeRoleForPodIdentity(request.headers['authorization'], { store, findJsonWebKey, nowMs: arrivedAtMs, notes })),
      refuse: (error) => refusal(error, requestId, settings),
      deny: podIdentityDenied,
      draft: () => ({
        operation,
        requestId,
        arrivedAtMs,
        parameters: given({ RoleArn: notes.roleArn, subject: notes.subject, Tags: notes.caller?.tags }),
        ...given({ userAgent: request.headers['user-agent'], caller: notes.caller?.principalArn, account: notes.caller?.account }),
      }),
    },
    connection,
    { ...emulator, settings },
  );
}

function credentialsReply({ accessKeyId, secretAccessKey, sessionToken, account, expiresAtMs }: Session): Reply {
  const credentials = {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    Token: sessionToken,
    AccountId: account,
    Expiration: new Date(expiresAtMs).toISOString().replace('.000Z', 'Z'),
  };
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(credentials) };
}

function refusal({ code, message, status }: ApiError, requestId: string, { podIdentityErrors }: Settings): Reply {
  // Unlike ACM PCA, EKS Auth has a status of its own for throttling.
  const ownStatus = code === 'ThrottlingException' ? 429 : status;
  if (podIdentityErrors === 'json') return { status: ownStatus, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ Code: code, Message: message }) };
  const body = `[${requestId}]: (${code}): ${message}, fault: ${ownStatus < 500 ? 'client' : 'server'}\n`;
  return { status: ownStatus, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}
