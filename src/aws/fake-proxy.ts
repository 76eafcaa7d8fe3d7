// A proxy for tests of this room: every tunnel ends at one port of this machine, whatever name was asked for.
import { createServer, request as httpRequest } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

export interface FakeProxy {
  readonly port: number;
  /** `host:port` of each CONNECT, and the URL of each plain request. */
  readonly asked: readonly string[];
  /** Proxy-Authorization of each. */
  readonly credentials: readonly (string | undefined)[];
  /** Connections that clients hold open. */
  readonly open: number;
  /** Resolves when so many have been asked for. */
  heard(count: number): Promise<void>;
  /** Resolves when no client holds a connection any more. */
  emptied(): Promise<void>;
}

/** `refuse`: HTTP 502. `hang`: no answer. `mute`: a tunnel that leads nowhere. */
export type ProxyBehaviour = { readonly to: number } | 'refuse' | 'hang' | 'mute';

export async function startFakeProxy(t: TestContext, behaviour: ProxyBehaviour): Promise<FakeProxy> {
  const asked: string[] = [];
  const credentials: (string | undefined)[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    credentials.push(request.headers['proxy-authorization']);
    if (typeof behaviour === 'string') return void response.writeHead(502).end('<html>no way</html>');
    const { pathname } = new URL(request.url ?? '');
    const onward = httpRequest({ host: '127.0.0.1', port: behaviour.to, path: pathname, method: request.method, headers: request.headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onward);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).once('close', () => sockets.delete(socket));
  });
  server.on('connect', (request, socket) => {
    asked.push(request.url ?? '');
    credentials.push(request.headers['proxy-authorization']);
    socket.on('end', () => socket.destroy());
    if (behaviour === 'hang') return void socket.resume();
    if (behaviour === 'refuse') return void socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    if (behaviour === 'mute') return void socket.resume();
    const onward = connect(behaviour.to, '127.0.0.1');
    onward.on('error', () => socket.destroy());
    socket.on('error', () => {}).once('close', () => onward.destroy());
    socket.pipe(onward).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) await new Promise(setImmediate);
  };
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    credentials,
    get open() {
      return sockets.size;
    },
    heard: (count) => until(() => asked.length >= count),
    emptied: () => until(() => sockets.size === 0),
  };
}
