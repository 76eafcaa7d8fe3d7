// The SDK's requests over node's own HTTP, so that a failure tells for certain whether anything was sent.
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Failure } from '../domain/failure.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Permit } from '../runtime/leader.ts';
import { makeAgents } from './agents.ts';
import { FailureError } from './errors.ts';
import type { Environment } from './proxy.ts';

export interface Timeouts {
  /** Until a connection stands, a proxy's tunnel and the TLS handshake included. */
  readonly connectMs: number;
  /** From the first look for a connection to the last byte of the answer. */
  readonly totalMs: number;
}

/** docs/architecture.md, invariant 7. */
export const defaultTimeouts: Timeouts = { connectMs: 3_000, totalMs: 10_000 };

/** What the SDK hands over: signed, in memory, without a query. */
export interface WireRequest {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number | undefined;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface WireResponse {
  readonly statusCode: number;
  readonly reason?: string;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

export interface HttpHandlerPorts {
  readonly clock: Clock;
  /** Asked when the connection stands, right before the first byte (docs/architecture.md, invariant 15). */
  readonly permit: Permit;
  /** Where the proxy variables are looked up; those of this process where it is left out. */
  readonly environment?: Environment;
}

/** What is added to every error of this handler. */
export interface Unanswered {
  /** false: the connection never stood, so the other side has done nothing. */
  readonly wasSent: boolean;
  /** The proxy that lies between, where nothing was sent yet. */
  readonly proxy?: string;
}

/** Of one call. */
export interface HandlerOptions {
  readonly abortSignal?: unknown;
  /** Added to the SDK's own, which is not signed. */
  readonly userAgent?: string;
}

export interface HttpHandler {
  readonly metadata: { readonly handlerProtocol: string };
  handle(request: WireRequest, options?: HandlerOptions): Promise<{ response: WireResponse }>;
  /** The SDK asks for both; nothing here can be changed later. */
  updateHttpClientConfig(): void;
  httpHandlerConfigs(): Record<string, never>;
  /** Cuts every connection, busy or idle. */
  destroy(): void;
}

/**
 * One handler serves every client, so that a changed credential costs no handshake. How many calls are
 * under way is for the lanes of the work queue to say: a call that waited for a socket would look like an endpoint that is down.
 * Rejects with the error of the socket, with one whose code is ConnectTimeout, TimeoutError, AbortError or UnreadableAnswer, or, where the
 * permit does not hold, with the failure NotLeader; each carries `wasSent`. Where the variable for a proxy names none, with UnusableProxy.
 */
export function makeHttpHandler({ connectMs, totalMs }: Timeouts, { clock, permit, environment = process.env }: HttpHandlerPorts): HttpHandler {
  const agents = makeAgents(environment, connectMs, clock);

  function send({ protocol, hostname: host, port, method, path, headers, body }: WireRequest, abortSignal: AbortSignal | undefined): Promise<WireResponse> {
    return new Promise((resolve, reject) => {
      const isSecure = protocol === 'https:';
      let wasSent = false;
      const route = agents.route({ protocol, hostname: host, port });
      if (route.kind === 'unusable') return reject(new FailureError({ ...unusableProxy, message: route.message }));
      const { agent, proxy } = route;
      const outgoing = (isSecure ? httpsRequest : httpRequest)({ host, port, method, path, headers, agent });
      const finish = (): void => {
        connecting.cancel();
        whole.cancel();
        abortSignal?.removeEventListener('abort', onAbort);
      };
      const failWith = (error: Error): void => {
        finish();
        reject(Object.assign(error, { wasSent, ...(wasSent || proxy === undefined ? {} : { proxy }) } satisfies Unanswered));
        outgoing.destroy();
      };
      const onAbort = (): void => failWith(coded('AbortError'));
      const connecting = clock.after(connectMs, () => {
        if (!wasSent) failWith(coded('ConnectTimeout'));
      });
      const whole = clock.after(totalMs, () => failWith(coded('TimeoutError')));
      abortSignal?.addEventListener('abort', onAbort, { once: true });
      outgoing.on('error', failWith);
      outgoing.on('socket', (socket) => {
        const ready = (): void => {
          if (!permit.holds()) return failWith(new FailureError(notLeader));
          wasSent = true;
          outgoing.end(body);
        };
        if (socket.connecting) socket.once(isSecure ? 'secureConnect' : 'connect', ready);
        else ready();
      });
      outgoing.on('response', (incoming) => {
        wasSent = true;
        receive(incoming).then(resolve, failWith).finally(finish);
      });
    });
  }

  return {
    metadata: { handlerProtocol: 'http/1.1' },
    async handle(request, { abortSignal, userAgent } = {}) {
      const signal = abortSignal instanceof AbortSignal ? abortSignal : undefined;
      if (signal?.aborted === true) throw Object.assign(coded('AbortError'), { wasSent: false } satisfies Unanswered);
      return { response: await send(userAgent === undefined ? request : withUserAgent(request, userAgent), signal) };
    },
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
    destroy: () => agents.destroy(),
  };
}

/** The one header that the SDK leaves out of its signature. */
function withUserAgent(request: WireRequest, words: string): WireRequest {
  return { ...request, headers: { ...request.headers, 'user-agent': `${request.headers['user-agent'] ?? ''} ${words}`.trim() } };
}

const unusableProxy = { class: 'misconfigured', code: 'UnusableProxy', operation: 'POST' } as const;
const notLeader: Failure = { class: 'conflict', code: 'NotLeader', message: 'this process does not lead, so it asks AWS nothing', operation: 'POST' };

async function receive(incoming: IncomingMessage): Promise<WireResponse> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(',') : value;
  }
  return {
    statusCode: incoming.statusCode ?? 0,
    ...(incoming.statusMessage === undefined ? {} : { reason: incoming.statusMessage }),
    headers,
    body: await readBody(incoming),
  };
}

/** AWS's longest answer is some 30 kB; what is far longer comes from somebody else, and must not fill our memory. */
const longestBodyBytes = 4 * 1024 * 1024;

async function readBody(incoming: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > longestBodyBytes) throw coded('UnreadableAnswer');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, bytes);
}

function coded(code: 'AbortError' | 'ConnectTimeout' | 'TimeoutError' | 'UnreadableAnswer'): Error {
  return Object.assign(new Error(code), { name: code, code });
}
