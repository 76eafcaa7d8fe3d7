import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRequest } from './request.ts';

const certificate = { apiVersion: 'cert-manager.io/v1', kind: 'Certificate', name: 'web', uid: 'certificate-uid' };

function ownerAmong(ownerReferences: unknown) {
  return readRequest({ metadata: { namespace: 'apps', name: 'web-1', uid: 'u1', creationTimestamp: '2026-03-04T05:00:00Z', ownerReferences } })?.owner;
}

test('the Certificate that owns a request is found among its owners, in the namespace of the request', () => {
  const pod = { apiVersion: 'v1', kind: 'Pod', name: 'pod', uid: 'pod-uid' };
  assert.deepEqual(ownerAmong([pod, certificate]), { key: { kind: 'Certificate', namespace: 'apps', name: 'web' }, uid: 'certificate-uid' });
});

test('who is no Certificate of cert-manager, or lacks a name or uid, owns no request', () => {
  for (const owners of [undefined, 'one', [], [null], [{ ...certificate, kind: 'Pod' }], [{ ...certificate, apiVersion: 'example.com/v1' }], [{ ...certificate, uid: '' }], [{ ...certificate, name: 7 }]]) {
    assert.equal(ownerAmong(owners), undefined, JSON.stringify(owners));
  }
});
