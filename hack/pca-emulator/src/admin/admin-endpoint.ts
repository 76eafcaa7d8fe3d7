// The admin API: a table of routes. It answers JSON and asks nobody who he is, so the server belongs on loopback.
import type { Emulator } from '../emulator.ts';
import { ApiError } from '../wire/api-error.ts';
import type { Connection } from '../wire/connection.ts';
import type { WireRequest } from '../wire/request.ts';
import { accessRoutes } from './access-routes.ts';
import { authorityRoutes } from './authority-routes.ts';
import { conditionRoutes } from './condition-routes.ts';
import { faultRoutes } from './fault-routes.ts';
import { observationRoutes } from './observation-routes.ts';
import { shareRoutes } from './share-routes.ts';
import { workloadRoutes } from './workload-routes.ts';

/** What a route gets: the request, the emulator, and a signal that ends when the client has left. */
export type Route = (request: WireRequest, emulator: Emulator, left: AbortSignal) => unknown;

const adminRoutes: Readonly<Record<string, Route>> = {
  ...authorityRoutes,
  ...accessRoutes,
  ...shareRoutes,
  ...workloadRoutes,
  ...faultRoutes,
  ...conditionRoutes,
  ...observationRoutes,
};

export async function answerAdmin(request: WireRequest, connection: Connection, emulator: Emulator): Promise<void> {
  const name = `${request.method} ${request.path}`;
  const route = Object.hasOwn(adminRoutes, name) ? adminRoutes[name] : undefined;
  try {
    if (route === undefined) throw new ApiError('NotFound', `There is no ${name}. Routes: ${Object.keys(adminRoutes).join(', ')}`, 404);
    send(connection, 200, await route(request, emulator, connection.left));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    send(connection, error.status, { error: error.code, message: error.message });
  }
}

function send(connection: Connection, status: number, value: unknown): void {
  if (connection.left.aborted) return;
  connection.send({ status, headers: { 'content-type': 'application/json' }, body: `${JSON.stringify(value)}\n` });
}
