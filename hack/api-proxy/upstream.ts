// The API server behind the proxy: every call is passed on as it came, and its answer as it is.
import type { IncomingHttpHeaders } from 'node:http';
import { Agent, request as send, type Dispatcher } from 'undici';

export interface UpstreamCall {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Aborts when the caller leaves. */
  readonly signal: AbortSignal;
}

export interface Upstream {
  open(call: UpstreamCall): Promise<Dispatcher.ResponseData>;
  close(): Promise<void>;
}

/** Headers of one connection, which the next one makes for itself. */
const ofTheConnection: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'transfer-encoding', 'host', 'content-length']);

/** @param caPem who signed the server's certificate; undefined for a server without TLS. */
export function openUpstream(server: string, caPem: string | undefined): Upstream {
  const tls = caPem === undefined ? {} : { connect: { ca: caPem } };
  const agent = new Agent({ allowH2: false, bodyTimeout: 0, headersTimeout: 0, ...tls });
  return {
    open: ({ method, url, headers, body, signal }) =>
      send(`${server}${url}`, {
        method,
        dispatcher: agent,
        headers: withoutConnection(headers),
        body: body.length === 0 ? null : body,
        signal,
      }),
    close: () => agent.destroy(),
  };
}

/** @returns what may be passed on of a call's or an answer's headers. */
export function withoutConnection(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  const kept: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !ofTheConnection.has(name)) kept[name] = value;
  }
  return kept;
}
