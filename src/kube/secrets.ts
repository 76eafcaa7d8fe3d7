// Secrets by name, for the credentials of issuers: never listed, never watched, soon forgotten.
import type { SecretData, SecretReader } from '../aws/ports.ts';
import { succeed, type Result } from '../domain/failure.ts';
import { record, text } from '../domain/json.ts';
import type { Clock } from '../runtime/clock.ts';
import type { KubeResult } from './errors.ts';
import { makeRecentReadings } from './recent-readings.ts';
import type { KubeResponse, KubeTransport } from './transport.ts';

const mostCopies = 64;

export function makeSecrets(transport: Pick<KubeTransport, 'request'>, clock: Clock): SecretReader {
  const readings = makeRecentReadings({ transport, clock, read: readSecret, isKept: (secret) => secret !== undefined, mostCopies });
  return {
    read(namespace, name, signal) {
      return readings(`/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets/${encodeURIComponent(name)}`, {}, signal);
    },
  };
}

function readSecret(answer: KubeResult<KubeResponse>): Result<SecretData | undefined> {
  if (!answer.ok) return answer.failure.status === 404 ? succeed(undefined) : answer;
  const secret = record(answer.value.body);
  const data = Object.entries(record(secret['data'])).map(([key, value]) => [key, Buffer.from(text(value), 'base64').toString('utf8')]);
  return succeed({
    resourceVersion: text(record(secret['metadata'])['resourceVersion']),
    data: Object.fromEntries(data) as Readonly<Record<string, string>>,
  });
}
