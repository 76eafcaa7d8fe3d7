// The emulator as a server: AWS's endpoints at /, the admin API at /admin, and a health page that says what this is not.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { answerAdmin } from './admin/admin-endpoint.ts';
import { VirtualClock } from './clock.ts';
import { notAws, type Emulator } from './emulator.ts';
import { FaultQueue } from './faults/fault-queue.ts';
import { Journal } from './journal/journal.ts';
import { answerInstanceMetadata } from './instance-metadata-endpoint.ts';
import { answerPca } from './pca-endpoint.ts';
import { answerPodIdentity } from './pod-identity-endpoint.ts';
import { RequestQuotas } from './quotas/request-quotas.ts';
import type { Settings } from './settings.ts';
import { openStore } from './state/store.ts';
import { answerRevocationList, revocationLists } from './revocation-list-endpoint.ts';
import { answerSts } from './sts-endpoint.ts';
import { makeKeyFinder } from './sts/oidc-provider.ts';
import { ApiError } from './wire/api-error.ts';
import { connectionOf, type Connection } from './wire/connection.ts';
import { readRequest } from './wire/request.ts';

export interface EmulatorOptions {
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** 127.0.0.1 unless told. The admin API asks nobody who he is. */
  readonly host?: string;
  /** Where hierarchies, keys and certificates survive; without it they live in memory. */
  readonly state?: string;
  /** The folder that audit reports are written to, as `<bucket>/<key>`; without it they are read over the admin API only. */
  readonly reports?: string;
  /** Applied at start, over what the state file says. */
  readonly settings?: Partial<Settings>;
  /** The machine's clock, for tests. */
  readonly machineNow?: () => number;
}

export interface RunningEmulator {
  readonly url: string;
  /** Ends open connections, hanging calls and timers, and closes the state file. */
  close(): Promise<void>;
}

/**
 * Starts an emulator in this process.
 * @throws Error when the port is taken or the state file cannot be read
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<RunningEmulator> {
  const store = openStore(options.state);
  if (options.settings !== undefined) store.changeSettings(options.settings);
  const ending = new AbortController();
  const clock = new VirtualClock(options.machineNow, store.clockOffsetMs());
  const emulator: Emulator = {
    store,
    clock,
    faults: new FaultQueue(() => clock.now()),
    quotas: new RequestQuotas(() => clock.now()),
    journal: new Journal(() => clock.machineNow()),
    reports: options.reports,
    findJsonWebKey: makeKeyFinder(ending.signal),
    ending: ending.signal,
  };
  const server = createServer((message, response) => void answer(message, response, emulator));
  // Longer than clients keep theirs: a connection that closes as a request comes would be a fault that nobody ordered.
  server.keepAliveTimeout = 120_000;
  const host = options.host ?? '127.0.0.1';
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(options.port ?? 0, host, resolve);
  await promise;
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    close: async () => {
      ending.abort();
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      server.closeAllConnections();
      await closed.promise;
      store.close();
    },
  };
}

async function answer(message: IncomingMessage, response: ServerResponse, emulator: Emulator): Promise<void> {
  const connection = connectionOf(message, response);
  try {
    const request = await readRequest(message);
    if (request.path === '/healthz') connection.send(health());
    else if (request.path.startsWith('/admin/')) await answerAdmin(request, connection, emulator);
    else if (request.path === '/v1/credentials') await answerPodIdentity(request, connection, emulator);
    else if (request.path.startsWith('/latest/')) await answerInstanceMetadata(request, connection, emulator);
    else if (request.method === 'GET' && request.path.startsWith(revocationLists)) connection.send(answerRevocationList(request.path, emulator));
    else if (request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) await answerSts(request, connection, emulator);
    else await answerPca(request, connection, emulator);
  } catch (error) {
    answerTrouble(error, connection);
  }
}

function answerTrouble(error: unknown, connection: Connection): void {
  if (connection.left.aborted) return;
  const known = error instanceof ApiError ? error : new ApiError('InternalFailure', 'The emulator itself has failed; its terminal says how.', 500);
  if (known !== error) process.emitWarning(error instanceof Error ? error : String(error));
  connection.send({ status: known.status, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ __type: known.code, message: known.message }) });
}

function health() {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: `${JSON.stringify({ status: 'ok', aws: false, notice: notAws })}\n` };
}
