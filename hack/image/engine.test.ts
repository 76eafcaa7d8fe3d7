import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildCommand, saveCommand } from './engine.ts';

const order = { tag: 'pca-issuer:1', context: '.', buildArgs: { DIST: 'prebuilt', BASE: 'localhost/base:1' }, offline: true };

test('each engine is told the same, in its own words, and looks for no image elsewhere when all is here', () => {
  const same = ['--build-arg', 'DIST=prebuilt', '--build-arg', 'BASE=localhost/base:1', '-t', 'pca-issuer:1', '.'];
  assert.deepEqual(buildCommand('docker', order), ['docker', 'build', ...same]);
  assert.deepEqual(buildCommand('podman', order), ['podman', 'build', '--format=docker', '--pull=never', ...same]);
  assert.deepEqual(buildCommand('buildah', order), ['buildah', 'bud', '--isolation=chroot', '--format=docker', '--pull-never', ...same]);
  assert.ok(!buildCommand('buildah', { ...order, offline: false }).includes('--pull-never'));
});

test('an archive carries the name that the chart asks for', () => {
  for (const engine of ['podman', 'buildah'] as const) assert.deepEqual(saveCommand(engine, 'pca-issuer:1', '/tmp/a.tar'), [engine, 'push', '--quiet', 'pca-issuer:1', 'docker-archive:/tmp/a.tar:pca-issuer:1']);
  assert.deepEqual(saveCommand('docker', 'pca-issuer:1', '/tmp/a.tar'), ['docker', 'save', '--output', '/tmp/a.tar', 'pca-issuer:1']);
});
