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
async function serving(t: TestContext, objects: Readonly<Record<string, object>>, forbidden: ReadonlySet<string> = new Set()): Promise<{ readonly url: string; readonly asked: string[]; readonly tokens: Set<string | undefined> }> {
  const asked: string[] = [];
  const tokens = new Set<string | undefined>();
  const server = createServer((request, response) => {
    tokens.add(request.headers.authorization);
    asked.push(`${request.method} ${request.url}`);
    const object = objects[request.url ?? ''];
    response.writeHead(forbidden.has(request.url ?? '') ? 403 : object === undefined ? 404 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(object ?? { kind: 'Status', code: 404, reason: 'NotFound' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, tokens };
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

interface Entry {
  readonly name: string;
  readonly [key: string]: unknown;
}

function writeConfig(file: string, parts: { readonly clusters?: readonly Entry[]; readonly users?: readonly Entry[]; readonly contexts?: readonly Entry[]; readonly current?: string }): string {
  const { current, ...lists } = parts;
  writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'Config', ...(current === undefined ? {} : { 'current-context': current }), ...lists }));
  return file;
}

const clusterAt = (name: string, server: string): Entry => ({ name, cluster: { server, 'insecure-skip-tls-verify': true } });
const userWith = (name: string, token: string): Entry => ({ name, user: { token } });
const contextOf = (name: string, cluster: string, user: string): Entry => ({ name, context: { cluster, user } });

/** Two API servers, and who asks them when these contexts are used. */
async function twoServers(t: TestContext): Promise<{ readonly servers: readonly [string, string]; readonly askedWith: (environment: Readonly<Record<string, string>>, kubeconfig: string | undefined, ...contexts: readonly (string | undefined)[]) => Promise<readonly string[]> }> {
  const servers = [await serving(t, { '/version': { major: '1' } }), await serving(t, { '/version': { major: '1' } })] as const;
  return {
    servers: [servers[0].url, servers[1].url],
    askedWith: async (environment, kubeconfig, ...contexts) => {
      for (const { tokens } of servers) tokens.clear();
      for (const context of contexts) {
        const transport = reachCluster({ kubeconfig, context, command: 'verify' }, environment);
        assert.equal((await transport.request({ method: 'GET', path: '/version', signal: new AbortController().signal })).ok, true);
        await transport.close();
      }
      return servers.map(({ tokens }) => [...tokens].join());
    },
  };
}

test('two contexts of one file lead to two servers, each as a user of its own', async (t) => {
  const { servers: [first, second], askedWith } = await twoServers(t);
  const file = writeConfig(join(folder(t), 'config'), {
    clusters: [clusterAt('one', first), clusterAt('two', second)], users: [userWith('ann', 'A'), userWith('bob', 'B')],
    contexts: [contextOf('a', 'one', 'ann'), contextOf('b', 'two', 'bob')], current: 'b',
  });
  assert.deepEqual(await askedWith({}, file, 'a', 'b'), ['Bearer A', 'Bearer B']);
  assert.deepEqual(await askedWith({ KUBECONFIG: file }, undefined, 'a'), ['Bearer A', '']);
  assert.deepEqual(await askedWith({ KUBECONFIG: file }, undefined, undefined), ['', 'Bearer B'], 'the current one');
});

test('the files of KUBECONFIG are one configuration: clusters, users and contexts may stand apart, and one that is missing does not count', async (t) => {
  const { servers: [first, second], askedWith } = await twoServers(t);
  const directory = folder(t);
  const files = [
    join(directory, 'missing'),
    writeConfig(join(directory, 'clusters'), { clusters: [clusterAt('one', first), clusterAt('two', second)] }),
    writeConfig(join(directory, 'users'), { users: [userWith('ann', 'A'), userWith('bob', 'B')] }),
    writeConfig(join(directory, 'contexts'), { contexts: [contextOf('a', 'one', 'ann'), contextOf('b', 'two', 'bob')], current: 'a' }),
  ];
  const environment = { KUBECONFIG: files.join(':') };
  assert.deepEqual(await askedWith(environment, undefined, 'a', 'b'), ['Bearer A', 'Bearer B']);
  assert.deepEqual(await askedWith(environment, undefined, undefined), ['Bearer A', '']);
  assert.throws(() => reachCluster({ kubeconfig: undefined, context: 'a', command: 'verify' }, { KUBECONFIG: join(directory, 'missing') }), /ENOENT.*missing/);
});

test('two files that call cluster and user alike, as kubeadm does, are refused where kubectl would mean the other file\'s, with the way out', async (t) => {
  const { servers, askedWith } = await twoServers(t);
  const directory = folder(t);
  const files = servers.map((url, index) => {
    const name = index === 0 ? 'a' : 'b';
    return writeConfig(join(directory, name), { clusters: [clusterAt('kubernetes', url)], users: [userWith('kubernetes-admin', name)], contexts: [contextOf(name, 'kubernetes', 'kubernetes-admin')], current: name });
  });
  const environment = { KUBECONFIG: files.join(':') };
  assert.deepEqual(await askedWith(environment, undefined, 'a'), ['Bearer a', '']);
  assert.throws(() => reachCluster({ kubeconfig: undefined, context: 'b', command: 'verify' }, environment), /context b stands in .*b with its cluster kubernetes, but .*a has one of that name too.*--kubeconfig/);
});

test('a file or a context that is not there is said, in the words for the first file', (t) => {
  const directory = folder(t);
  writeFileSync(join(directory, 'a'), kubeconfig('a', 'http://127.0.0.1:1'));
  const choice = { kubeconfig: undefined, context: 'nowhere', command: 'verify' };
  assert.throws(() => reachCluster(choice, { KUBECONFIG: join(directory, 'a') }), /its context nowhere names no server/);
  assert.throws(() => reachCluster({ ...choice, kubeconfig: join(directory, 'b') }, {}), /ENOENT/);
});

test('what may not be looked at beside the Secret is said, and good as far as it was seen is not good', async (t) => {
  const life = { notBefore: new Date(Date.now() - day), notAfter: new Date(Date.now() + 80 * day) };
  const root = makeRoot('Acme Root', life);
  const data = Object.fromEntries(Object.entries(secretOf(makeIntermediate(root, life), [], [root])).map(([key, text]) => [key, Buffer.from(text).toString('base64')]));
  const server = await serving(t, { [`${place}/secrets/cacerts`]: { metadata: {}, data } }, new Set([`${place}/configmaps/istio-ca-root-cert`]));
  const file = join(folder(t), 'a');
  writeFileSync(file, kubeconfig('a', server.url));
  const [lines, notes]: [string[], string[]] = [[], []];
  t.mock.method(console, 'log', (text: string) => lines.push(text));
  t.mock.method(console, 'error', (text: string) => notes.push(text));
  assert.equal(await runVerify(['--kubeconfig', file], {}), 2);
  assert.match(lines.join('\n'), /This `cacerts` is good/);
  assert.match(notes.join('\n'), /the ConfigMap istio-system\/istio-ca-root-cert was not looked at/);
});
