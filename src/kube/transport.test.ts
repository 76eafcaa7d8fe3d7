import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { makeFakeClock } from '../runtime/fake-clock.ts';
import type { Labels, Logger } from '../runtime/ports.ts';
import { writeKubeconfig } from './fake-api-server.ts';
import { makeTransport } from './transport.ts';

const logger: Logger = { debug() {}, info() {}, warn() {}, error() {}, with: () => logger };
const signal = new AbortController().signal;
const path = '/api/v1/namespaces/a/secrets/b';

async function listen(t: TestContext, handler: RequestListener, tls?: { readonly key: string; readonly cert: string }) {
  const server = tls === undefined ? createServer(handler) : createTlsServer(tls, handler);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const folder = mkdtempSync(join(tmpdir(), 'transport-test-'));
  t.after(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });
  return { server, folder, port: (server.address() as AddressInfo).port };
}

async function makeScene(t: TestContext, handler: RequestListener, user?: (folder: string) => Readonly<Record<string, unknown>>) {
  const { folder, port, server } = await listen(t, handler);
  const kubeconfigFile = join(folder, 'kubeconfig');
  writeFileSync(kubeconfigFile, writeKubeconfig(`http://127.0.0.1:${port}/prefix/`, user?.(folder)));
  const clock = makeFakeClock();
  const counted: string[] = [];
  const metrics = { count: (name: string, labels: Labels = {}) => void counted.push([name, ...Object.values(labels)].join(' ')) };
  const transport = makeTransport({ kubeconfigFile, clock, logger, userAgent: 'pca-issuer/test', metrics });
  t.after(() => transport.close());
  const host = `127.0.0.1:${port}`;
  return { transport, clock, folder, server, counted, host };
}

test('a call carries its verb, query, body, content type, token and user agent, under the server’s own path', async (t) => {
  let seen: IncomingMessage | undefined;
  let body = '';
  const { transport, clock } = await makeScene(t, (request, response) => {
    seen = request;
    request.on('data', (chunk) => (body += chunk)).on('end', () => response.writeHead(201).end('{"kind":"Secret"}'));
  });
  const call = { method: 'PATCH', path, query: { force: true, no: undefined }, body: { a: 1 }, contentType: 'application/x', signal } as const;
  assert.deepEqual(await transport.request(call), { ok: true, value: { status: 201, body: { kind: 'Secret' } } });
  assert.equal(seen?.url, `/prefix${path}?force=true`);
  assert.equal(seen?.method, 'PATCH');
  assert.equal(body, '{"a":1}');
  assert.equal(seen?.headers['content-type'], 'application/x');
  assert.equal(seen?.headers['authorization'], 'Bearer secret');
  assert.equal(seen?.headers['user-agent'], 'pca-issuer/test');
  assert.equal(clock.pending, 0);
});

test('a refusal is a failure with the server’s own words', async (t) => {
  const { transport } = await makeScene(t, (_request, response) => {
    response.writeHead(429, { 'retry-after': '2' }).end('{"reason":"TooManyRequests","message":"slow down"}');
  });
  const failure = { class: 'throttled', code: '429 TooManyRequests', message: 'slow down', operation: 'GET secrets', status: 429, retryAfterMs: 2_000 };
  assert.deepEqual(await transport.request({ method: 'GET', path, signal }), { ok: false, failure });
  assert.deepEqual(await transport.stream({ path, signal }), { ok: false, failure });
});

test('each call is counted by its status, verb and host, by <error> where no answer came', async (t) => {
  const { transport, counted, host } = await makeScene(t, ({ method, socket }, response) => {
    if (method === 'POST') return void socket.destroy();
    response.writeHead(method === 'PUT' ? 409 : method === 'DELETE' ? 401 : 200).end('{}');
  });
  const ask = (method: 'GET' | 'PUT' | 'DELETE' | 'POST') => transport.request({ method, path: `${path}?never=told`, signal });
  await ask('GET');
  await transport.stream({ path, signal });
  await ask('PUT');
  await ask('DELETE');
  await ask('POST');
  const name = 'rest_client_requests_total';
  assert.deepEqual(counted, [`${name} 200 GET ${host}`, `${name} 200 GET ${host}`, `${name} 409 PUT ${host}`, `${name} 401 DELETE ${host}`, `${name} 401 DELETE ${host}`, `${name} <error> POST ${host}`]);
});

test('what the permit keeps from being sent is not counted', async (t) => {
  const { transport, counted } = await makeScene(t, (_request, response) => void response.end('{}'));
  await transport.request({ method: 'PUT', path, body: {}, signal, permit: { holds: () => false } });
  assert.deepEqual(counted, []);
});

test('many calls one after the other share their connection', async (t) => {
  let connections = 0;
  const { transport, server } = await makeScene(t, (_request, response) => void response.end('{}'));
  server.on('connection', () => connections++);
  for (let i = 0; i < 50; i++) assert.equal((await transport.request({ method: 'GET', path, signal })).ok, true);
  assert.ok(connections <= 2, `${connections} connections for 50 calls`);
});

test('an answer that does not come in time is given up, whether its head or its body is missing', async (t) => {
  let begin = (): void => {};
  const { transport, clock } = await makeScene(t, (request, response) => {
    if (request.method === 'GET') response.writeHead(200).write('{');
    begin();
  });
  for (const method of ['GET', 'PATCH'] as const) {
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const answer = transport.request({ method, path, signal, timeoutMs: 5_000 });
    await begun;
    await clock.advance(5_000);
    const result = await answer;
    assert.equal(result.ok, false);
    assert.equal(!result.ok && result.failure.code, 'Timeout');
    assert.equal(!result.ok && result.failure.class, 'transient');
    assert.equal(clock.pending, 0);
  }
});

test('an abort ends a call at once', async (t) => {
  let begin = (): void => {};
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const { transport } = await makeScene(t, () => begin());
  const abort = new AbortController();
  const answer = transport.request({ method: 'GET', path, signal: abort.signal });
  await begun;
  abort.abort();
  const result = await answer;
  assert.equal(!result.ok && result.failure.code, 'AbortError');
});

test('a stream gives lines, whatever the chunks, and has no deadline once it is open', async (t) => {
  const snowman = Buffer.from('{"a":"☃"}\n{"b"');
  const { transport, clock } = await makeScene(t, (_request, response) => {
    response.writeHead(200).write(snowman.subarray(0, 7));
    setImmediate(() => {
      response.write(snowman.subarray(7));
      setImmediate(() => response.end(':2}\n\n{"c":3}'));
    });
  });
  const opened = await transport.stream({ path, signal });
  assert.ok(opened.ok);
  assert.equal(clock.pending, 0);
  const lines: string[] = [];
  for await (const line of opened.value) lines.push(line);
  assert.deepEqual(lines, ['{"a":"☃"}', '{"b":2}', '{"c":3}']);
});

test('who leaves a stream closes its connection', async (t) => {
  let isClosed: Promise<unknown> = Promise.resolve();
  const { transport } = await makeScene(t, (_request, response) => {
    isClosed = once(response, 'close');
    response.writeHead(200).write('{"a":1}\n');
  });
  const opened = await transport.stream({ path, signal });
  assert.ok(opened.ok);
  for await (const line of opened.value) {
    assert.equal(line, '{"a":1}');
    break;
  }
  await isClosed;
});

test('a 401 makes the token file be read again, once', async (t) => {
  const tokens: (string | undefined)[] = [];
  const { transport, folder } = await makeScene(
    t,
    (request, response) => {
      const token = request.headers.authorization;
      tokens.push(token);
      response.writeHead(token === 'Bearer new' ? 200 : 401).end('{}');
    },
    (folder) => {
      writeFileSync(join(folder, 'token'), 'old\n');
      return { tokenFile: 'token' };
    },
  );
  const refused = await transport.request({ method: 'GET', path, signal });
  assert.equal(!refused.ok && refused.failure.class, 'unauthorised');
  writeFileSync(join(folder, 'token'), 'new\n');
  assert.equal((await transport.request({ method: 'GET', path, signal })).ok, true);
  assert.deepEqual(tokens, ['Bearer old', 'Bearer old', 'Bearer old', 'Bearer new']);
});

test('a token file that is missing is a failure, not an exception', async (t) => {
  const { transport } = await makeScene(t, (_request, response) => void response.end('{}'), () => ({ tokenFile: 'nowhere' }));
  const result = await transport.request({ method: 'GET', path, signal });
  assert.equal(!result.ok && result.failure.class, 'unauthorised');
});

test('without a kubeconfig, and outside of a pod, it says what is missing', (t) => {
  const options = { kubeconfigFile: undefined, clock: makeFakeClock(), logger, userAgent: 'test' };
  const host = process.env['KUBERNETES_SERVICE_HOST'];
  delete process.env['KUBERNETES_SERVICE_HOST'];
  t.after(() => host !== undefined && (process.env['KUBERNETES_SERVICE_HOST'] = host));
  assert.throws(() => makeTransport(options), /this is not a pod/);
});

test('the server’s certificate is checked against the CA file as it is now', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'transport-test-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const make = (name: string): void => {
    const files = ['-keyout', join(folder, `${name}.key`), '-out', join(folder, `${name}.crt`)];
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    const certificate = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '1'];
    execFileSync('openssl', ['req', '-x509', ...key, ...certificate, ...files], { stdio: 'ignore' });
  };
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
  make('server');
  make('other');
  const { port } = await listen(t, (_request, response) => void response.end('{}'), { key: read('server.key'), cert: read('server.crt') });
  const config = JSON.parse(writeKubeconfig(`https://127.0.0.1:${port}`)) as { clusters: unknown[] };
  config.clusters = [{ name: 'fake', cluster: { server: `https://127.0.0.1:${port}`, 'certificate-authority': 'ca.crt' } }];
  writeFileSync(join(folder, 'kubeconfig'), JSON.stringify(config));
  writeFileSync(join(folder, 'ca.crt'), read('other.crt'));
  const transport = makeTransport({ kubeconfigFile: join(folder, 'kubeconfig'), clock: makeFakeClock(), logger, userAgent: 'test' });
  t.after(() => transport.close());
  const refused = await transport.request({ method: 'GET', path, signal });
  assert.equal(!refused.ok && refused.failure.class, 'transient');
  writeFileSync(join(folder, 'ca.crt'), read('server.crt'));
  assert.equal((await transport.request({ method: 'GET', path, signal })).ok, true);
});
