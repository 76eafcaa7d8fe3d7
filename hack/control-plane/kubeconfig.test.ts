import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { kubeconfigText } from './kubeconfig.ts';

const facts = { name: 'a', server: 'https://127.0.0.1:1', caPem: 'CA\n' };

test('an admin kubeconfig carries everything in itself', () => {
  const text = kubeconfigText({ ...facts, user: { clientCertificatePem: 'CERT\n', clientKeyPem: 'KEY\n' } });
  assert.deepEqual(parse(text), {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'a',
    clusters: [{ name: 'a', cluster: { server: facts.server, 'certificate-authority-data': 'Q0EK' } }],
    contexts: [{ name: 'a', context: { cluster: 'a', user: 'a', namespace: 'default' } }],
    users: [{ name: 'a', user: { 'client-certificate-data': 'Q0VSVAo=', 'client-key-data': 'S0VZCg==' } }],
  });
});

test('a ServiceAccount kubeconfig names a token file, whatever its path looks like', () => {
  const tokenFile = '/tmp/a folder: "x"/token';
  const { users, contexts } = parse(kubeconfigText({ ...facts, namespace: 'istio-system', user: { tokenFile } })) as {
    users: unknown;
    contexts: { context: { namespace: string } }[];
  };
  assert.deepEqual(users, [{ name: 'a', user: { tokenFile } }]);
  assert.equal(contexts[0]?.context.namespace, 'istio-system');
});
