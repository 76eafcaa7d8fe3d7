// Secrets by name, for the credentials of issuers: never listed, never watched, soon forgotten.
import type { SecretData, SecretReader } from '../aws/ports.ts';
import { succeed, type Result } from '../domain/failure.ts';
import { record, text } from '../domain/json.ts';
import type { Clock } from '../runtime/clock.ts';
import type { KubeTransport } from './transport.ts';

type Reading = Promise<Result<SecretData | undefined>>;

/** A copy older than this is read again before use (docs/architecture.md, invariant 14). */
const freshMs = 10_000;
const mostCopies = 64;

export function makeSecrets(transport: Pick<KubeTransport, 'request'>, clock: Clock): SecretReader {
  const readings = new Map<string, Reading>();

  const begin = (path: string): Reading => {
    const forget = (): void => {
      timer.cancel();
      if (readings.get(path) === reading) readings.delete(path);
    };
    // Counted from the question, not from the answer; nothing of a Secret stays in memory for longer.
    const timer = clock.after(freshMs, forget);
    const reading = load(transport, path).then((result) => {
      if (!result.ok || result.value === undefined) forget();
      return result;
    });
    const [oldest] = readings.keys();
    if (readings.size >= mostCopies && oldest !== undefined) readings.delete(oldest);
    readings.set(path, reading);
    return reading;
  };

  return {
    async read(namespace, name, signal) {
      const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets/${encodeURIComponent(name)}`;
      const reading = readings.get(path) ?? begin(path);
      return await orAbort(reading, signal);
    },
  };
}

/** Several may wait for one reading, so that no one's signal ends it; who leaves just stops waiting. */
function orAbort(reading: Reading, signal: AbortSignal): Reading {
  const operation = 'GET secrets';
  return new Promise((resolve) => {
    const leave = (): void => resolve({ ok: false, failure: { class: 'transient', code: 'AbortError', message: 'aborted', operation } });
    if (signal.aborted) return leave();
    signal.addEventListener('abort', leave, { once: true });
    void reading.then(resolve).finally(() => signal.removeEventListener('abort', leave));
  });
}

async function load(transport: Pick<KubeTransport, 'request'>, path: string): Reading {
  const answer = await transport.request({ method: 'GET', path, signal: new AbortController().signal, timeoutMs: freshMs });
  if (!answer.ok) return answer.failure.status === 404 ? succeed(undefined) : answer;
  const secret = record(answer.value.body);
  const data = Object.entries(record(secret['data'])).map(([key, value]) => [key, Buffer.from(text(value), 'base64').toString('utf8')]);
  return succeed({
    resourceVersion: text(record(secret['metadata'])['resourceVersion']),
    data: Object.fromEntries(data) as Readonly<Record<string, string>>,
  });
}
