// `emulator serve`: runs a server until it is told to end.
import { parseArgs } from 'node:util';
import { notAws } from '../emulator.ts';
import { given } from '../given.ts';
import { startEmulator } from '../server.ts';
import type { Settings } from '../settings.ts';
import { numberOption, print } from './server-choice.ts';

const options = {
  port: { type: 'string' },
  host: { type: 'string' },
  state: { type: 'string' },
  reports: { type: 'string' },
  json: { type: 'boolean' },
  'signing-ms': { type: 'string' },
  'idempotency-window-ms': { type: 'string' },
  'rtt-ms': { type: 'string' },
  'issue-rtt-ms': { type: 'string' },
  'get-rtt-ms': { type: 'string' },
  quotas: { type: 'boolean' },
  'quota-scale': { type: 'string' },
} as const;

export async function serve(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options });
  const number = (name: keyof typeof options): number | undefined => numberOption(`--${name}`, values[name] as string | undefined);
  const roundTripMs = given({ '*': number('rtt-ms'), IssueCertificate: number('issue-rtt-ms'), GetCertificate: number('get-rtt-ms') });
  const settings: Partial<Settings> = given({
    signingMs: number('signing-ms'),
    idempotencyWindowMs: number('idempotency-window-ms'),
    quotaScale: number('quota-scale') ?? (values.quotas ? 1 : undefined),
    roundTripMs: Object.keys(roundTripMs).length > 0 ? (roundTripMs as Settings['roundTripMs']) : undefined,
  });
  // Whoever reads below that it listens may tell it to end.
  const { promise: told, resolve } = Promise.withResolvers<void>();
  process.once('SIGTERM', resolve);
  process.once('SIGINT', resolve);
  const server = await startEmulator(given({ port: number('port'), host: values.host, state: values.state, reports: values.reports, settings }));
  if (values.json) print(JSON.stringify({ url: server.url, notice: notAws }));
  else print(`pca-emulator listens on ${server.url}\n${notAws}\nstate: ${values.state ?? 'in memory only (--state FILE keeps it)'}`);
  await told;
  await server.close();
}
