// How do bytes get to an API server and back? One undici Agent per connection, for a control plane of ours or any kubeconfig.
import { readFile } from 'node:fs/promises';
import type { RequestOptions } from 'node:https';
import { Agent, request, type Dispatcher } from 'undici';
import { ApiError } from './api-error.ts';

/** What a control plane of ours is reached by: files, no kubeconfig to read. */
export interface AdminFiles {
  readonly server: string;
  readonly caFile: string;
  readonly adminCertificateFile: string;
  readonly adminKeyFile: string;
}

export interface Call {
  readonly method?: Dispatcher.HttpMethod;
  /** from the slash on, with its query */
  readonly path: string;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly signal?: AbortSignal | undefined;
}

export interface Transport {
  readonly server: string;
  readonly caPem: string;
  /** Sends one request and gives its unread body. @throws ApiError for every answer of 400 and above */
  open(call: Call): Promise<Dispatcher.ResponseData['body']>;
  close(): Promise<void>;
}

interface Login {
  readonly server: string;
  readonly caPem: string;
  readonly tls: { readonly [option: string]: unknown };
  /** asked again when the last answer is a minute old, so that renewed tokens are used */
  headers(): Promise<Readonly<Record<string, string>>>;
}

/** @param target  a control plane of ours, or the path of a kubeconfig (its current context). */
export async function openTransport(target: AdminFiles | string): Promise<Transport> {
  const login = typeof target === 'string' ? await kubeconfigLogin(target) : await adminLogin(target);
  // HTTP/1.1: a watch then has a connection of its own, which ends when the watch does.
  const agent = new Agent({ allowH2: false, bodyTimeout: 0, keepAliveTimeout: 30_000, connect: { ...login.tls, keepAlive: true } });
  let headers = await login.headers();
  let readAt = Date.now();

  return {
    server: login.server,
    caPem: login.caPem,
    async open({ method = 'GET', path, body, contentType = 'application/json', signal }) {
      if (Date.now() - readAt > 60_000) {
        headers = await login.headers();
        readAt = Date.now();
      }
      const response = await request(login.server.replace(/\/$/, '') + path, {
        dispatcher: agent,
        method,
        headers: { ...headers, accept: 'application/json, */*', ...(body === undefined ? {} : { 'content-type': contentType }) },
        body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
        ...(signal === undefined ? {} : { signal }),
      });
      if (response.statusCode >= 400) throw new ApiError(method, path, response.statusCode, await response.body.text());
      return response.body;
    },
    close: () => agent.destroy(),
  };
}

async function adminLogin({ server, caFile, adminCertificateFile, adminKeyFile }: AdminFiles): Promise<Login> {
  const [ca, cert, key] = await Promise.all([caFile, adminCertificateFile, adminKeyFile].map((file) => readFile(file, 'utf8')));
  return { server, caPem: ca ?? '', tls: { ca, cert, key }, headers: async () => ({}) };
}

async function kubeconfigLogin(file: string): Promise<Login> {
  // Loaded here, because it takes a second that our own control planes need not wait for.
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  config.loadFromFile(file);
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw new Error(`${file} has no current context that names a cluster.`);
  if (cluster.proxyUrl !== undefined) throw new Error(`${file}: proxy-url of cluster ${cluster.name} is not supported here.`);
  const read = async () => {
    const options: RequestOptions = {};
    await config.applyToHTTPSOptions(options);
    return options;
  };
  const { ca, cert, key, passphrase, rejectUnauthorized, servername } = await read();
  const tls = { ca, cert, key, passphrase, rejectUnauthorized, servername };
  const headers = async () => {
    const options = await read();
    const basic = typeof options.auth === 'string' ? { authorization: `Basic ${Buffer.from(options.auth).toString('base64')}` } : {};
    return { ...(options.headers as Record<string, string> | undefined), ...basic };
  };
  return { server: cluster.server, caPem: ca === undefined ? '' : String(ca), tls: withoutUndefined(tls), headers };
}

function withoutUndefined(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
