import assert from 'node:assert/strict';
import { test } from 'node:test';
import { certManagerArguments, createCommand, deleteCommand, gatewayIn, loadCommand } from './commands.ts';

test('what is made, filled and deleted is one cluster of our own, and nobody\'s kubeconfig is touched', () => {
  const name = ['--name', 'pca-issuer-e2e'];
  const file = ['--kubeconfig', '/tmp/k'];
  assert.deepEqual(createCommand('/tmp/k'), ['kind', 'create', 'cluster', ...name, ...file, '--wait', '120s']);
  assert.deepEqual(loadCommand('/tmp/image.tar'), ['kind', 'load', 'image-archive', '/tmp/image.tar', ...name]);
  assert.deepEqual(deleteCommand('/tmp/k'), ['kind', 'delete', 'cluster', ...name, ...file]);
});

test('helm installs the cert-manager that we are tested with, and its CRDs', () => {
  const words = certManagerArguments('1.21.1');
  assert.equal(words[words.indexOf('--version') + 1], 'v1.21.1');
  assert.ok(words.includes('crds.enabled=true') && words.includes('--wait'));
});

test('the machine\'s address in the network of kind is the gateway that is an IPv4 address', () => {
  assert.equal(gatewayIn('fc00:f853:ccd:e793::1\n172.18.0.1\n\n'), '172.18.0.1');
  assert.equal(gatewayIn('172.18.0.1\n'), '172.18.0.1');
  assert.equal(gatewayIn('\n'), undefined);
});
