import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { day, makeIntermediate, makeRoot, pems, secretOf } from '../verify/test-mesh.ts';
import { reachCluster } from './reach-cluster.ts';
import { runVerify } from './verify.ts';

const place = '/api/v1/namespaces/istio-system';

/** An API server that knows these objects and takes every token. @returns where, and what it was asked. */
async function serving(t: TestContext, objects: Readonly<Record<string, object>>): Promise<{ readonly url: string; readonly asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const object = objects[request.url ?? ''];
    response.writeHead(object === undefined ? 404 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(object ?? { kind: 'Status', code: 404, reason: 'NotFound' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

function kubeconfig(name: string, url: string): string {
  return JSON.stringify({
    apiVersion: 'v1', kind: 'Config', 'current-context': name,
    clusters: [{ name, cluster: { server: url, 'insecure-skip-tls-verify': true } }], users: [{ name, user: { token: 'x' } }], contexts: [{ name, context: { cluster: name, user: name } }],
  });
}

function folder(t: TestContext): string {
  const made = mkdtempSync(join(tmpdir(), 'reach-'));
  t.after(() => rmSync(made, { recursive: true }));
  return made;
}

test('contexts are looked for in every file of KUBECONFIG, and two clusters are verified against each other by reads alone', async (t) => {
  const life = { notBefore: new Date(Date.now() - day), notAfter: new Date(Date.now() + 80 * day) };
  const root = makeRoot('Acme Root', life);
  const directory = folder(t);
  const files: string[] = [];
  const asked: (readonly string[])[] = [];
  for (const name of ['a', 'b']) {
    const data = secretOf(makeIntermediate(root, { ...life, subject: `${name}.istio-ca` }), [], [root]);
    const encoded = Object.fromEntries(Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString('base64')]));
    const server = await serving(t, { [`${place}/secrets/cacerts`]: { metadata: {}, data: encoded }, [`${place}/configmaps/istio-ca-root-cert`]: { data: { 'root-cert.pem': pems(root) } } });
    files.push(join(directory, name));
    writeFileSync(join(directory, name), kubeconfig(name, server.url));
    asked.push(server.asked);
  }
  const lines: string[] = [];
  t.mock.method(console, 'log', (text: string) => lines.push(text));
  const code = await runVerify(['--context', 'a', '--context', 'b'], { KUBECONFIG: files.join(':') });
  assert.equal(code, 0, lines.join('\n'));
  assert.match(lines.join('\n'), /✓ a → b[\s\S]*✓ b → a[\s\S]*Both clusters are good/);
  for (const calls of asked) assert.deepEqual(calls.toSorted(), [`GET ${place}/configmaps/istio-ca-root-cert`, `GET ${place}/secrets/cacerts`]);
});

test('a file or a context that is not there is said, in the words for the first file', (t) => {
  const directory = folder(t);
  writeFileSync(join(directory, 'a'), kubeconfig('a', 'http://127.0.0.1:1'));
  const choice = { kubeconfig: undefined, context: 'nowhere', command: 'verify' };
  assert.throws(() => reachCluster(choice, { KUBECONFIG: join(directory, 'a') }), /its context nowhere names no server/);
  assert.throws(() => reachCluster({ ...choice, kubeconfig: join(directory, 'b') }, {}), /ENOENT/);
});
