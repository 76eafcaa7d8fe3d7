// The program as people call it: wrong flags, help, what cannot be reached.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { askBundle, runBundle } from '../harness/bundle.ts';

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

/** Sends SIGTERM to the process itself in the very moment in which it begins to listen. */
const stopAtListen = `
import { subscribe } from 'node:diagnostics_channel';
subscribe('tracing:net.server.listen:asyncStart', () => process.kill(process.pid, 'SIGTERM'));`;

test('told to stop while most of it is still being loaded, it ends in order', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'early-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const kubeconfig = path.join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, "clusters: [{ name: c, cluster: { server: 'http://127.0.0.1:1' } }]\ncontexts: [{ name: c, context: { cluster: c, user: '' } }]\ncurrent-context: c\n");
  const preloaded = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(stopAtListen)}` };
  const { code, err } = await askBundle(preloaded, 'controller', `--kubeconfig=${kubeconfig}`, '--health-probe-bind-address=127.0.0.1:0', '--metrics-bind-address=0');
  assert.equal(code, 0, err);
  assert.match(err, /pca-issuer stopped/);
});
