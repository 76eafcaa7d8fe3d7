import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildPromise, programNames } from './programs.ts';

test('the promise for a first build names the programs and adds their times up', () => {
  assert.match(buildPromise(['etcd', 'kube-apiserver', 'kube-controller-manager', 'cert-manager', 'kubectl']), /^Building etcd, .*: about 12 minutes the first time/);
  assert.match(buildPromise(['istiod']), /about 6 minutes/);
  assert.match(buildPromise(['check']), /about a minute/);
});

test('every program that a control plane is made of can be asked for', () => {
  for (const name of ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl', 'helm', 'cert-manager', 'istiod', 'check'] as const) {
    assert.ok(programNames.includes(name));
  }
});
