import assert from 'node:assert/strict';
import { test } from 'node:test';
import { imageReference, imageValues } from './reference.ts';

test('a reference becomes the repository with its tag or its digest', () => {
  assert.deepEqual(imageValues('pca-issuer:0.1.0'), { image: { repository: 'pca-issuer', tag: '0.1.0' } });
  assert.deepEqual(imageValues('localhost:5000/a/b:1'), { image: { repository: 'localhost:5000/a/b', tag: '1' } });
  assert.deepEqual(imageValues('example.com/a:1@sha256:ab'), { image: { repository: 'example.com/a', digest: 'sha256:ab' } });
  assert.throws(() => imageValues('localhost:5000/a'), /needs a tag or a digest/);
});

test('the values name in a pod what the reference named', () => {
  for (const reference of ['pca-issuer:0.1.0', 'localhost:5000/a/b:1', 'example.com/a@sha256:ab']) assert.equal(imageReference(imageValues(reference)), reference);
});
