import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runController } from './controller.ts';

test('--help has a line for every variable that decides how AWS is called', async (t) => {
  const log = t.mock.method(console, 'log', () => {});
  assert.equal(await runController(['--help']), 0);
  const help = String(log.mock.calls[0]?.arguments[0]);
  const names = ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_ACM_PCA', 'AWS_ENDPOINT_URL_STS', 'AWS_USE_FIPS_ENDPOINT', 'AWS_USE_DUALSTACK_ENDPOINT', 'AWS_EC2_METADATA_DISABLED', 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS', 'HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', 'NODE_EXTRA_CA_CERTS'];
  for (const name of names) assert.match(help, new RegExp(`\\b${name}\\b`), name);
});
