import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError } from './api-error.ts';
import { makePathOf } from './resource-paths.ts';

const groups = new Map<string, readonly unknown[]>([
  ['/api/v1', [{ name: 'secrets', kind: 'Secret', namespaced: true }, { name: 'namespaces', kind: 'Namespace', namespaced: false }, { name: 'namespaces/status', kind: 'Namespace', namespaced: false }]],
]);

function server(asked: string[]) {
  return async (path: string) => {
    asked.push(path);
    const resources = groups.get(path);
    if (resources === undefined) throw new ApiError('GET', path, 404, '');
    return { resources };
  };
}

test('objects and collections have their paths, and a group is asked for once', async () => {
  const asked: string[] = [];
  const pathOf = makePathOf(server(asked));
  const secret = { apiVersion: 'v1', kind: 'Secret' };
  assert.equal(await pathOf({ ...secret, namespace: 'a', name: 'b' }), '/api/v1/namespaces/a/secrets/b');
  assert.equal(await pathOf({ ...secret, name: 'b' }), '/api/v1/namespaces/default/secrets/b');
  assert.equal(await pathOf({ ...secret, namespace: 'a' }), '/api/v1/namespaces/a/secrets');
  assert.equal(await pathOf(secret), '/api/v1/secrets');
  assert.equal(await pathOf({ apiVersion: 'v1', kind: 'Namespace', name: 'a' }), '/api/v1/namespaces/a');
  assert.deepEqual(asked, ['/api/v1']);
});

test('a kind that came with a CRD is found at the next question', async () => {
  const pathOf = makePathOf(server([]));
  const where = { apiVersion: 'x.test/v1', kind: 'X', name: 'x' };
  await assert.rejects(pathOf(where), /no kind X in x\.test\/v1/);
  groups.set('/apis/x.test/v1', [{ name: 'xs', kind: 'X', namespaced: true }]);
  assert.equal(await pathOf(where), '/apis/x.test/v1/namespaces/default/xs/x');
});
