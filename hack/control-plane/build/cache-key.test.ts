import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cacheKey, type BuildInputs } from './cache-key.ts';

const inputs: BuildInputs = {
  name: 'etcd',
  version: '3.7.3',
  flags: ['-trimpath'],
  platform: 'linux-x64',
  files: { 'go.mod': 'module a', 'go.sum': 'b' },
};

test('a cache key names program and version, and is the same for the same inputs in any order', () => {
  const key = cacheKey(inputs);
  assert.match(key, /^etcd-3\.7\.3-[0-9a-f]{12}$/);
  assert.equal(cacheKey({ ...inputs, files: { 'go.sum': 'b', 'go.mod': 'module a' } }), key);
});

test('a cache key changes with everything that the binary depends on', () => {
  const changes: readonly Partial<BuildInputs>[] = [
    { version: '3.7.4' },
    { flags: ['-trimpath', '-race'] },
    { flags: ['-trim', 'path'] },
    { platform: 'linux-arm64' },
    { files: { ...inputs.files, 'go.sum': 'c' } },
    { files: { ...inputs.files, 'main.go': '' } },
    { files: { 'go.modmodule a': '', 'go.sum': 'b' } },
  ];
  const keys = [inputs, ...changes.map((change) => ({ ...inputs, ...change }))].map(cacheKey);
  assert.equal(new Set(keys).size, keys.length);
});
