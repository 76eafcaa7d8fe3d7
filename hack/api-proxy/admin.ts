// How is the proxy told what to do, and asked what it saw? JSON over HTTP, for api-proxy/client.ts.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { FaultOrder } from './faults.ts';
import type { Proxy } from './proxy.ts';
import type { WatchTrouble } from './watches.ts';

/**
 * GET /state?since=SEQ&wait=MS, POST /faults (a FaultOrder), DELETE /faults?id=N (or all),
 * POST /watches?resource=R (a WatchTrouble), POST /page-size?is=N (0: no limit).
 */
export async function answerAdmin(proxy: Proxy, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://admin');
  try {
    const given = await carryOut(proxy, `${request.method} ${pathname}`, searchParams, await text(request));
    response.writeHead(given === undefined ? 404 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(given ?? {}));
  } catch (error) {
    response.writeHead(400).end(JSON.stringify({ message: String(error) }));
  }
}

async function carryOut(proxy: Proxy, route: string, query: URLSearchParams, body: string): Promise<object | undefined> {
  switch (route) {
    case 'GET /state': {
      const since = Number(query.get('since') ?? 0);
      await proxy.journal.changeAfter(since, Number(query.get('wait') ?? 0));
      return proxy.journal.view(since);
    }
    case 'POST /faults':
      return { id: proxy.faults.add(JSON.parse(body) as FaultOrder) };
    case 'DELETE /faults': {
      const id = query.get('id');
      proxy.faults.lift(id === null ? undefined : Number(id));
      return {};
    }
    case 'POST /watches':
      return { struck: proxy.watches.trouble(query.get('resource') ?? undefined, JSON.parse(body) as WatchTrouble) };
    case 'POST /page-size':
      proxy.pageSize = Number(query.get('is')) || undefined;
      return {};
    default:
      return undefined;
  }
}
