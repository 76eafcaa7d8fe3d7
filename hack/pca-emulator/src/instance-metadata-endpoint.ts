// The instance metadata service of EC2, as far as it leads to the credentials of the instance's role.
import { randomUUID } from 'node:crypto';
import { roleNameOf } from './arn.ts';
import type { Emulator } from './emulator.ts';
import { performExchange } from './exchange.ts';
import { given } from './given.ts';
import { instanceProfileKey } from './state/store.ts';
import { ApiError } from './wire/api-error.ts';
import type { Connection } from './wire/connection.ts';
import type { Reply } from './wire/reply.ts';
import type { WireRequest } from './wire/request.ts';
import { instanceMetadata, instanceRoleDenied, type InstanceMetadataCall } from './workload/instance-metadata.ts';
import { instanceMetadataOperation as operation } from './workload/workload-operations.ts';

/** Answers one request of the three that a client needs: token, role's name, credentials. Each is a line of the journal. */
export async function answerInstanceMetadata(request: WireRequest, connection: Connection, emulator: Emulator): Promise<void> {
  const { store, clock } = emulator;
  const settings = store.settings();
  const arrivedAtMs = clock.machineNow();
  const requestId = randomUUID();
  const roleArn = store.instanceProfiles.get(instanceProfileKey);
  const notes: InstanceMetadataCall['notes'] = {};
  await performExchange(
    {
      operation,
      protocol: 'json',
      ca: undefined,
      run: () => instanceMetadata(request, { store, nowMs: arrivedAtMs, notes }),
      refuse: (error) => refusal(error, arrivedAtMs),
      deny: () => denied(request.path, roleArn),
      draft: () => ({
        operation,
        requestId,
        arrivedAtMs,
        parameters: { path: request.path, ...given({ RoleArn: roleArn }) },
        ...given({ userAgent: request.headers['user-agent'], caller: notes.caller?.principalArn, account: notes.caller?.account }),
      }),
    },
    connection,
    { ...emulator, settings },
  );
}

/** Only where credentials are asked for can AWS say that they may not be had. */
function denied(path: string, roleArn = ''): ApiError {
  const name = roleNameOf(roleArn)?.name;
  return name !== undefined && path.endsWith(`/${name}`) ? instanceRoleDenied(name) : new ApiError('Forbidden', 'Forbidden', 403);
}

function refusal({ code, message, status }: ApiError, nowMs: number): Reply {
  const body = status === 200 ? JSON.stringify({ Code: code, Message: message, LastUpdated: new Date(nowMs).toISOString() }) : `${message}\n`;
  return { status, headers: { 'content-type': 'text/plain' }, body };
}
