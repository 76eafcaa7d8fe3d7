import assert from 'node:assert/strict';
import { test } from 'node:test';
import { identify } from '../build/process-identity.ts';
import { clusterDirectory, isOrphan, lockOf, type Cluster } from './state.ts';

test('a name that could leave the folder, or be no host name, is refused', () => {
  for (const name of ['', '..', 'a/b', 'A', 'a_b', '-a', 'a-', 'a'.repeat(33)]) assert.throws(() => clusterDirectory(name), /cannot name a control plane/);
  assert.match(clusterDirectory('mesh-1'), /\.cluster\/mesh-1$/);
  assert.match(lockOf('a'), /\.cluster\/a\.lock$/);
});

test('a control plane is an orphan when the process that wanted it has ended', () => {
  const owner = identify(process.pid);
  assert.ok(owner !== undefined);
  const cluster = { owner } as Cluster;
  assert.equal(isOrphan(cluster), false);
  assert.equal(isOrphan({ ...cluster, owner: { ...owner, startTime: '1' } }), true);
  assert.equal(isOrphan({ ...cluster, owner: undefined }), false);
});
