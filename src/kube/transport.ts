// How a call reaches the API server: one shared pool of connections, fresh credentials, a deadline for everything.
import { Agent, ProxyAgent, request as httpRequest, type Dispatcher } from 'undici';
import type { Clock } from '../runtime/clock.ts';
import type { Permit } from '../runtime/leader.ts';
import type { Logger, Metrics } from '../runtime/ports.ts';
import { makeCredentialSource, type CredentialSource, type Credentials, type KubeconfigFiles } from './credentials.ts';
import { failureOfException, failureOfResponse, type KubeResult } from './errors.ts';
import { askingFirst, isNotLeader } from './guard-writes.ts';
import { splitLines } from './json-lines.ts';
import { describeOperation } from './operation.ts';

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export interface KubeCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Query;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** `application/json` where left out; a PATCH must say which kind it is. */
  readonly contentType?: string;
  readonly signal: AbortSignal;
  /** Deadline for the whole answer; 30 seconds where left out. */
  readonly timeoutMs?: number;
  /** Asked in the last step before the socket (docs/architecture.md, invariant 15); without it everything is sent. */
  readonly permit?: Permit;
}

export interface KubeResponse {
  readonly status: number;
  /** Parsed JSON, or text where it is none. */
  readonly body: unknown;
}

export interface KubeTransport {
  /** @returns a failure for every answer but 2xx. */
  request(call: KubeCall): Promise<KubeResult<KubeResponse>>;
  /**
   * Opens a watch. The lines may end at any time: with the loop where the server ended it, with an exception where the
   * connection broke. Leaving the loop, or aborting `signal`, closes the connection.
   */
  stream(call: Pick<KubeCall, 'path' | 'query' | 'signal'>): Promise<KubeResult<AsyncIterable<string>>>;
  /** Breaks every connection off. */
  close(): Promise<void>;
}

export interface TransportOptions {
  /** undefined: the configuration of the pod that we run in. */
  readonly kubeconfigFile: KubeconfigFiles;
  /** Of that file; its current one where left out. */
  readonly context?: string | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly userAgent: string;
  /** Where calls are counted; nowhere, unless given. */
  readonly metrics?: Pick<Metrics, 'count'>;
}

const defaultTimeoutMs = 30_000;

/** @throws where the kubeconfig cannot be read (KubeConfig's words) or there is none. */
export function makeTransport(options: TransportOptions): KubeTransport {
  const source = makeCredentialSource(options.kubeconfigFile, options.context);
  const pool = makePool(options.logger);

  const host = URL.parse(source.server)?.host ?? '';
  const count = (code: string, method: string): void => options.metrics?.count('rest_client_requests_total', { code, method, host });

  const sendCounted = async (call: Omit<KubeCall, 'timeoutMs'>): Promise<Dispatcher.ResponseData> => {
    try {
      const response = await send(call);
      count(String(response.statusCode), call.method);
      return response;
    } catch (error) {
      // What the permit refused was never sent.
      if (!isNotLeader(error)) count('<error>', call.method);
      throw error;
    }
  };

  const send = async (call: Omit<KubeCall, 'timeoutMs'>): Promise<Dispatcher.ResponseData> => {
    const credentials = await source.current();
    const dispatcher = pool.dispatcher(credentials);
    const sending = httpRequest(urlOf(source, call), {
      method: call.method,
      dispatcher: call.permit === undefined ? dispatcher : dispatcher.compose(askingFirst(call.permit)),
      headers: {
        accept: 'application/json',
        'user-agent': options.userAgent,
        ...credentials.headers,
        ...(call.body === undefined ? {} : { 'content-type': call.contentType ?? 'application/json' }),
      },
      body: call.body === undefined ? null : JSON.stringify(call.body),
      signal: call.signal,
    });
    return await orAborted(sending, call.signal);
  };

  /** A 401 may mean that the token was replaced since it was read: once more with what the file says now. */
  const sendTwice = async (call: Omit<KubeCall, 'timeoutMs'>): Promise<Dispatcher.ResponseData> => {
    const response = await sendCounted(call);
    if (response.statusCode !== 401) return response;
    await response.body.dump();
    source.renew();
    return await sendCounted(call);
  };

  const exchange = async <T>(
    call: KubeCall,
    read: (response: Dispatcher.ResponseData) => Promise<T>,
  ): Promise<KubeResult<T>> => {
    const operation = describeOperation(call.method, call.path);
    const deadline = deadlineOf(options.clock, call);
    try {
      const response = await sendTwice({ ...call, signal: deadline.signal });
      if (response.statusCode >= 200 && response.statusCode < 300) return { ok: true, value: await read(response) };
      const body = parse(await response.body.text());
      const retryAfter = String(response.headers['retry-after'] ?? '');
      return { ok: false, failure: failureOfResponse({ operation, status: response.statusCode, body, retryAfter }) };
    } catch (error) {
      return { ok: false, failure: failureOfException(operation, deadline.signal.aborted ? deadline.signal.reason : error) };
    } finally {
      deadline.lift();
    }
  };

  return {
    request: (call) =>
      exchange(call, async (response) => ({ status: response.statusCode, body: parse(await response.body.text()) })),
    stream: (call) => exchange({ ...call, method: 'GET' }, (response) => Promise.resolve(splitLines(response.body))),
    close: () => pool.close(),
  };
}

/** undici hears of an abort only once a request has its connection, and a connection may take 10 seconds. It is never sent then. */
function orAborted<T>(sending: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(signal.reason as Error);
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave, { once: true });
    sending.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}

/** The caller's signal, or our deadline: whichever comes first. */
function deadlineOf(clock: Clock, call: KubeCall): { readonly signal: AbortSignal; lift(): void } {
  const timeoutMs = call.timeoutMs ?? defaultTimeoutMs;
  const late = new AbortController();
  const error = Object.assign(new Error(`no answer from the API server within ${timeoutMs / 1_000} s`), { code: 'Timeout' });
  const timer = clock.after(timeoutMs, () => late.abort(error));
  return { signal: AbortSignal.any([call.signal, late.signal]), lift: () => timer.cancel() };
}

function urlOf(source: CredentialSource, call: Pick<KubeCall, 'path' | 'query'>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(call.query ?? {})) if (value !== undefined) query.set(name, String(value));
  const text = query.toString();
  return `${source.server}${call.path}${text === '' ? '' : `?${text}`}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** One pool for all calls; another one only when the CA or our client certificate changes. */
function makePool(logger: Logger): { dispatcher(credentials: Credentials): Dispatcher; close(): Promise<void> } {
  let current: { readonly fingerprint: string; readonly dispatcher: Dispatcher } | undefined;
  return {
    dispatcher(credentials) {
      if (current?.fingerprint === credentials.fingerprint) return current.dispatcher;
      if (current !== undefined) logger.info('the CA or the client certificate for the API server changed: connecting anew');
      // Calls that run on the old connections end there.
      current?.dispatcher.close().catch(() => undefined);
      current = { fingerprint: credentials.fingerprint, dispatcher: connect(credentials) };
      return current.dispatcher;
    },
    close: async () => await current?.dispatcher.destroy(),
  };
}

function connect({ tls, proxyUrl }: Credentials): Dispatcher {
  // HTTP/2 has no deadline for a silent peer, and a quiet watch is no fault.
  const shared = { allowH2: false, bodyTimeout: 0, connections: 16, keepAliveTimeout: 30_000 };
  const connection = { ...tls, timeout: 10_000, keepAlive: true, keepAliveInitialDelay: 30_000 };
  if (proxyUrl === undefined) return new Agent({ ...shared, connect: connection });
  if (!/^https?:/.test(proxyUrl)) throw new Error('the kubeconfig asks for a proxy that is not HTTP');
  return new ProxyAgent({ ...shared, uri: proxyUrl, requestTls: connection });
}
