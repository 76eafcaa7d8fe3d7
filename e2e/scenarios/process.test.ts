// The program as people call it: wrong flags, help, what cannot be reached.
import assert from 'node:assert/strict';
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
