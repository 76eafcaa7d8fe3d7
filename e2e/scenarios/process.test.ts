// The program as people call it: wrong flags, help, what cannot be reached.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { runBundle } from '../harness/bundle.ts';

test('a wrong flag is told with the way out, and exit code 2', async () => {
  const { output, ended } = await runBundle('controller', '--log-level=loud', '--colour');
  assert.equal(await ended, 2);
  assert.match(output.err, /--colour is not a flag of this command.*--log-level is "loud", which is no debug\|info\|warn\|error/s);
});

test('--help teaches, and every command is in it', async () => {
  const { output, ended } = await runBundle('--help');
  await ended;
  assert.match(output.out, /controller .*sign CertificateRequests/);
  const flags = await runBundle('controller', '--help');
  await flags.ended;
  assert.match(flags.output.out, /--cluster-issuer-ambient-credentials BOOL {2}\(true\)/);
});

test('a kubeconfig that does not exist is one sentence, and exit code 1', async () => {
  const { output, ended } = await runBundle('controller', '--kubeconfig=/nonexistent/kubeconfig');
  assert.equal(await ended, 1);
  assert.match(output.err, /the controller could not start.*\/nonexistent\/kubeconfig/);
});

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { readonly port: number };
  server.close();
  await once(server, 'close');
  return port;
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

test('told to stop while most of it is still being loaded, it ends in order', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'early-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const kubeconfig = path.join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, "clusters: [{ name: c, cluster: { server: 'http://127.0.0.1:1' } }]\ncontexts: [{ name: c, context: { cluster: c, user: '' } }]\ncurrent-context: c\n");
  const port = await freePort();
  const { child, output, ended } = await runBundle('controller', `--kubeconfig=${kubeconfig}`, `--health-probe-bind-address=:${port}`, '--metrics-bind-address=0');
  while (!(await isOpen(port)) && child.exitCode === null);
  child.kill('SIGTERM');
  assert.equal(await ended, 0, output.err);
  assert.match(output.err, /pca-issuer stopped/);
});
