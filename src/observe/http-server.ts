// A small web server for probes and metrics: fixed paths, GET only.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock, type Clock } from '../runtime/clock.ts';
import { readListenAddress } from './listen-address.ts';

export interface Answer {
  readonly status: number;
  readonly body: string;
  /** Plain text, unless given. */
  readonly contentType?: string;
}

export type Route = (url: URL) => Answer | Promise<Answer>;

/** By path, exactly as asked for. */
export type Routes = Readonly<Record<string, Route>>;

export interface HttpServerOptions {
  /** `:8081`, `127.0.0.1:0`, or `0`: no server at all. */
  readonly address: string;
  /** Whoever asks before they are known waits for them. */
  readonly routes: Routes | Promise<Routes>;
  readonly clock?: Pick<Clock, 'after'>;
}

export interface HttpServer {
  /** Where it really listens (`http://127.0.0.1:41234`); undefined where it is off. */
  readonly url: string | undefined;
  /** Answers what is under way, for a second at most, and stops. */
  close(): Promise<void>;
}

/** A server that is open before its routes are known. */
export interface EarlyServer {
  /** From now on questions are answered, and so are those that wait. @throws Error with a sentence, where it could not listen */
  answerWith(routes: Routes): Promise<HttpServer>;
}

const headersTimeoutMs = 5_000;
const closingMs = 1_000;

/** @throws Error with a sentence, where the address is none or cannot be listened on. */
export async function startHttpServer({ address, routes, clock = systemClock }: HttpServerOptions): Promise<HttpServer> {
  const place = readListenAddress(address);
  if (place === undefined) throw new Error(`"${address}" is not an address to listen on; one looks like :8081 or 127.0.0.1:8081, and 0 switches the server off`);
  if (place === 'off') return { url: undefined, close: () => Promise.resolve() };
  const server = createServer({ headersTimeout: headersTimeoutMs }, (request, response) => void respond(request, response, routes, () => server.listening));
  await listen(server, address, place);
  const { address: host, port, family } = server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${host}]` : host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        const timer = clock.after(closingMs, () => server.closeAllConnections());
        server.close(() => {
          timer.cancel();
          resolve();
        });
      }),
  };
}

function listen(server: Server, address: string, { host, port }: { readonly host: string | undefined; readonly port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.on('error', (cause) => reject(new Error(`cannot listen on ${address}: ${cause.message}`, { cause })));
    server.listen(host === undefined ? { port } : { host, port }, resolve);
  });
}

async function respond(request: IncomingMessage, response: ServerResponse, routes: Routes | Promise<Routes>, isOpen: () => boolean): Promise<void> {
  const { status, body, contentType = 'text/plain; charset=utf-8' } = await answer(request, await routes);
  // A connection that stayed idle would hold up the closing.
  if (!isOpen()) response.shouldKeepAlive = false;
  response.writeHead(status, { 'content-type': contentType, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  response.end(body);
}

async function answer({ method, url = '/' }: IncomingMessage, routes: Routes): Promise<Answer> {
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, body: 'only GET is served here\n' };
  const target = URL.parse(url, 'http://localhost');
  const route = target !== null && Object.hasOwn(routes, target.pathname) ? routes[target.pathname] : undefined;
  if (target === null || route === undefined) return { status: 404, body: 'not found\n' };
  try {
    return await route(target);
  } catch {
    return { status: 500, body: 'internal error\n' };
  }
}
