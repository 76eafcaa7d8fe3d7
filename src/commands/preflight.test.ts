import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { findingKinds } from '../preflight/finding.ts';
import { runPreflight } from './preflight.ts';

interface Scene {
  readonly folder: string;
  readonly printed: () => string;
  readonly complaints: () => string;
  /** Verb and path of every call. */
  readonly calls: readonly string[];
}

/** An API server that has one AWSPCAIssuer and nothing else, and a kubeconfig with two contexts of which the second one leads to it. */
async function makeScene(t: TestContext): Promise<Scene> {
  const calls: string[] = [];
  const server = createServer((request, response) => {
    calls.push(`${request.method} ${request.url}`);
    const isIssuers = request.url?.includes('/awspcaissuers?') === true;
    const issuer = { metadata: { namespace: 'a', name: 'own', uid: 'u' }, spec: { arn: 'arn:aws:acm-pca:eu-central-1:111122223333:certificate-authority/11111111-2222-3333-4444-555555555555' } };
    response.end(JSON.stringify({ metadata: { name: 'x', annotations: { 'meta.helm.sh/release-name': 'x' }, labels: { 'app.kubernetes.io/managed-by': 'Helm' } }, items: isIssuers ? [issuer] : [] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const folder = mkdtempSync(join(tmpdir(), 'preflight-test-'));
  t.after(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });
  const cluster = (name: string, port: number): object => ({ name, cluster: { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } });
  const context = (name: string): object => ({ name, context: { cluster: name, user: 'me' } });
  const config = {
    'current-context': 'wrong',
    clusters: [cluster('wrong', 1), cluster('right', (server.address() as AddressInfo).port)],
    contexts: [context('wrong'), context('right')],
    users: [{ name: 'me', user: { token: 'very-secret' } }],
  };
  writeFileSync(join(folder, 'config'), JSON.stringify(config));
  const log = t.mock.method(console, 'log', () => {});
  const error = t.mock.method(console, 'error', () => {});
  const said = (mock: typeof log) => (): string => mock.mock.calls.map((call) => String(call.arguments[0])).join('\n');
  return { folder, calls, printed: said(log), complaints: said(error) };
}

test('it looks at the context that is named, by GET alone, and prints what it has found', async (t) => {
  const { folder, calls, printed, complaints } = await makeScene(t);
  assert.equal(await runPreflight(['--context', 'right'], { KUBECONFIG: join(folder, 'config') }), 1, complaints());
  assert.match(printed(), /AWSPCAIssuer a\/own {2}ambient-credentials/);
  assert.doesNotMatch(printed(), /very-secret/);
  assert.deepEqual([...new Set(calls.map((call) => call.split(' ')[0]))], ['GET']);
});

test('what the controller will be told is no finding', async (t) => {
  const { folder, printed } = await makeScene(t);
  const args = ['--kubeconfig', join(folder, 'config'), '--context=right', '--issuer-ambient-credentials', '--output=json'];
  assert.equal(await runPreflight(args, {}), 0);
  assert.deepEqual((JSON.parse(printed()) as { findings: unknown }).findings, []);
});

test('a cluster that does not answer, a file that is not there and flags that are none end with 2 and a sentence', async (t) => {
  const { folder, printed, complaints } = await makeScene(t);
  assert.equal(await runPreflight(['--kubeconfig', join(folder, 'config')], {}), 2);
  assert.match(printed(), /Could not be looked at \(\d+\)[\s\S]*ECONNREFUSED/);
  for (const [args, says] of [
    [['--kubeconfig', join(folder, 'gone')], /ENOENT/],
    [['--kubeconfig', join(folder, 'config'), '--context', 'gone'], /context gone names no server/],
    [['--output', 'yaml'], /--output is "yaml"; write text or json/],
    [['--context'], /--context wants/],
    [['--fix'], /--fix is not a flag/],
  ] as const) {
    assert.equal(await runPreflight(args, {}), 2);
    assert.match(complaints(), says);
  }
});

test('--help teaches: flags, what is found, rights and exit codes', async (t) => {
  const { printed } = await makeScene(t);
  assert.equal(await runPreflight(['--help'], {}), 0);
  for (const says of [/--kubeconfig FILE/, /--context NAME/, /--output text\|json/, /preflight-clusterrole\.yaml/, /0 nothing to do, 1 findings, 2 not all/, /migrate-from-aws-privateca-issuer\.md/]) assert.match(printed(), says);
  assert.ok(findingKinds.length > 10);
});
