// What happens to one call on its way through the proxy? It is read, struck or not, passed on, and written down.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { limitPage, readApiCall, type ApiCall } from './api-call.ts';
import { Faults, type Act, type Strike } from './faults.ts';
import { Journal } from './journal.ts';
import { withoutConnection, type Upstream } from './upstream.ts';
import { Watches } from './watches.ts';

export interface Proxy {
  readonly faults: Faults;
  readonly journal: Journal;
  readonly watches: Watches;
  /** Most objects that a list gives at once, whatever its caller asks for; undefined: as many as he asks for. */
  pageSize: number | undefined;
  /** Never rejects. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

interface Passage {
  readonly call: ApiCall;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: Buffer;
  readonly signal: AbortSignal;
}

export function makeProxy(upstream: Upstream): Proxy {
  const journal = new Journal();
  const faults = new Faults();
  const watches = new Watches(journal);
  const proxy: Proxy = { faults, journal, watches, pageSize: undefined, handle };
  return proxy;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const atMs = Date.now();
    const left = new AbortController();
    response.once('close', () => left.abort());
    const call = readApiCall(request.method ?? 'GET', request.url ?? '/');
    let strike: Strike | undefined;
    let isRecorded = false;
    // A watch is written down when it opens: its end may be far away.
    const record = (status: number | undefined): void => {
      if (!isRecorded) journal.record(call, { atMs, status, trouble: strike?.act.kind });
      isRecorded = true;
    };
    try {
      const body = await buffer(request);
      strike = faults.strike(call);
      await carry({ call, request, response, body, signal: left.signal }, strike, record);
    } catch {
      // Who called is to see what a broken network looks like.
      response.socket?.destroy();
    }
    record(undefined);
  }

  async function carry(passage: Passage, strike: Strike | undefined, answered: (status: number) => void): Promise<void> {
    const act = strike?.act;
    if (act?.kind === 'answer') return answer(passage, act, answered);
    if (act?.kind === 'reset') throw new Error('reset');
    if (act?.kind === 'say') {
      answered(200);
      return void passage.response.writeHead(200, { 'content-type': 'application/json' }).end(act.lines.map((line) => `${line}\n`).join(''));
    }
    if (strike !== undefined && act?.kind === 'hold' && act.what === 'call') await held(strike, passage.signal);
    const reply = await upstream.open({ ...passage, method: passage.request.method ?? 'GET', url: urlOf(passage), headers: passage.request.headers });
    const isWatch = passage.call.verb === 'watch' && reply.statusCode === 200;
    const whole = isWatch ? undefined : Buffer.from(await reply.body.arrayBuffer());
    if (strike !== undefined && act?.kind === 'hold' && act.what === 'answer') await held(strike, passage.signal);
    if (act?.kind === 'lost') throw new Error('lost');
    const headers = withoutConnection(reply.headers);
    if (whole === undefined) {
      passage.response.writeHead(reply.statusCode, headers).flushHeaders();
      answered(reply.statusCode);
      return await watches.follow(passage.call.resource, passage.response, reply.body);
    }
    passage.response.writeHead(reply.statusCode, { ...headers, 'content-length': whole.length });
    if (act?.kind === 'cut') {
      await new Promise((resolve) => passage.response.write(whole.subarray(0, whole.length / 2), resolve));
      throw new Error('cut');
    }
    passage.response.end(whole);
    answered(reply.statusCode);
  }

  /** @throws when the caller leaves before the fault is lifted. */
  async function held(strike: Strike, signal: AbortSignal): Promise<void> {
    const goOn = journal.hold(strike.id);
    const left = Promise.withResolvers<never>();
    signal.addEventListener('abort', () => left.reject(new Error('the caller left')), { once: true });
    try {
      await Promise.race([strike.lifted, left.promise]);
    } finally {
      goOn();
    }
  }

  function urlOf({ call, request: { url = '/' } }: Passage): string {
    return call.verb === 'list' && proxy.pageSize !== undefined ? limitPage(url, proxy.pageSize) : url;
  }
}

/** In the form of the API server's own refusals. */
function answer({ response }: Passage, act: Extract<Act, { kind: 'answer' }>, answered: (status: number) => void): void {
  const { status, message = `the proxy was told to answer ${status}`, retryAfterSeconds } = act;
  const details = retryAfterSeconds === undefined ? {} : { details: { retryAfterSeconds } };
  const header = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  const body = { apiVersion: 'v1', kind: 'Status', status: 'Failure', code: status, reason: `Code${status}`, message, ...details };
  response.writeHead(status, { 'content-type': 'application/json', ...header }).end(JSON.stringify(body));
  answered(status);
}
