// For tests: a small API server for one collection on a loopback port, that can be told to misbehave.
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { holdPort, type HeldPort } from './held-port.ts';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface FakeObject {
  readonly metadata: { readonly namespace: string; readonly name: string; readonly resourceVersion: string };
  readonly [field: string]: unknown;
}

/** Answers one call in place of the server; undefined: as usual. */
export type Fault = ((response: ServerResponse, request: IncomingMessage) => void) | undefined;

export interface Seen {
  readonly kind: 'list' | 'watch';
  readonly query: URLSearchParams;
}

export interface FakeApiServer {
  readonly url: string;
  readonly kubeconfigFile: string;
  /** Every list and watch so far. */
  readonly seen: readonly Seen[];
  /** Watches that are open now. */
  readonly watching: number;
  readonly connections: number;
  /** The next calls of that kind get these answers, one each. */
  queue(kind: Seen['kind'], ...faults: readonly Fault[]): void;
  /** Creates or replaces an object and tells the open watches. */
  put(name: string, fields?: Readonly<Record<string, unknown>>): void;
  remove(name: string): void;
  /** Writes a line to every open watch. */
  say(line: string): void;
  bookmark(): void;
  endWatches(): void;
  breakConnections(): void;
  /** Refuses connections until `start`. */
  stop(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

export function statusOf(code: number, headers: Readonly<Record<string, string>> = {}): Fault {
  const body = JSON.stringify({ kind: 'Status', code, reason: `Reason${code}`, message: `words of ${code}` });
  return (response) => void response.writeHead(code, { 'content-type': 'application/json', ...headers }).end(body);
}

export const brokenConnection: Fault = (_response, request) => void request.socket.destroy();

/** @param pageSize how many objects a list returns at once, whatever the client's limit. */
export async function startFakeApiServer(path: string, pageSize = 500): Promise<FakeApiServer> {
  const objects = new Map<string, FakeObject>();
  const history: { readonly version: number; readonly line: string }[] = [];
  const faults = { list: [] as Fault[], watch: [] as Fault[] };
  const seen: Seen[] = [];
  const watches = new Set<ServerResponse>();
  const sockets = new Set<Socket>();
  let version = 100;
  let connections = 0;

  const answerList = (response: ServerResponse, query: URLSearchParams): void => {
    const from = Number(query.get('continue') ?? 0);
    const items = [...objects.values()].slice(from, from + pageSize);
    const rest = from + pageSize < objects.size ? { continue: String(from + pageSize) } : {};
    response.writeHead(200).end(JSON.stringify({ metadata: { resourceVersion: String(version), ...rest }, items }));
  };

  const openWatch = (response: ServerResponse, query: URLSearchParams): void => {
    response.writeHead(200).flushHeaders();
    for (const each of history) if (each.version > Number(query.get('resourceVersion'))) response.write(each.line);
    watches.add(response);
    response.on('close', () => watches.delete(response));
  };

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://fake');
    if (url.pathname !== path) return void response.writeHead(404).end('404 page not found');
    const kind = url.searchParams.has('watch') ? 'watch' : 'list';
    seen.push({ kind, query: url.searchParams });
    const fault = faults[kind].shift();
    if (fault !== undefined) return fault(response, request);
    return kind === 'watch' ? openWatch(response, url.searchParams) : answerList(response, url.searchParams);
  });
  server.on('connection', (socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });

  const listen = async (port: number): Promise<number> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  let held: HeldPort | undefined;
  const release = async (): Promise<void> => {
    await held?.release();
    held = undefined;
  };
  const close = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  const tell = (type: string, object: FakeObject): void => {
    const line = `${JSON.stringify({ type, object })}\n`;
    history.push({ version, line });
    for (const watch of watches) if (!watch.writableEnded) watch.write(line);
  };

  const port = await listen(0);
  const url = `http://127.0.0.1:${port}`;
  const folder = mkdtempSync(join(tmpdir(), 'fake-api-server-'));
  const kubeconfigFile = join(folder, 'kubeconfig');
  writeFileSync(kubeconfigFile, writeKubeconfig(url));

  return {
    url,
    kubeconfigFile,
    seen,
    get watching() {
      return watches.size;
    },
    get connections() {
      return connections;
    },
    queue: (kind, ...more) => void faults[kind].push(...more),
    put(name, fields = {}) {
      const type = objects.has(name) ? 'MODIFIED' : 'ADDED';
      const identity = { namespace: 'apps', name, uid: `uid-${name}`, creationTimestamp: '2026-01-01T00:00:00Z' };
      const object = { metadata: { ...identity, resourceVersion: String(++version) }, ...fields };
      objects.set(name, object);
      tell(type, object);
    },
    remove(name) {
      const object = objects.get(name);
      objects.delete(name);
      version += 1;
      if (object !== undefined) tell('DELETED', { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } });
    },
    say: (line) => watches.forEach((watch) => watch.write(`${line}\n`)),
    bookmark() {
      version += 1;
      const object = { metadata: { resourceVersion: String(version) } };
      for (const watch of watches) watch.write(`${JSON.stringify({ type: 'BOOKMARK', object })}\n`);
    },
    endWatches: () => watches.forEach((watch) => watch.end()),
    breakConnections: () => sockets.forEach((socket) => socket.destroy()),
    stop: async () => void (held = await holdPort(port, close)),
    async start() {
      await release();
      await listen(port);
    },
    async close() {
      await release();
      await close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Plain HTTP is refused by KubeConfig unless TLS verification is off. */
export function writeKubeconfig(server: string, user: Readonly<Record<string, unknown>> = { token: 'secret' }): string {
  return JSON.stringify({
    'current-context': 'fake',
    contexts: [{ name: 'fake', context: { cluster: 'fake', user: 'fake' } }],
    clusters: [{ name: 'fake', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'fake', user }],
  });
}
