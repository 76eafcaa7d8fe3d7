import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeGoVersion } from './go-toolchain.ts';

test('a Go of 1.26 or newer will do', () => {
  for (const version of ['go1.26', 'go1.26.8', 'go1.27rc1', 'go2.0']) {
    assert.equal(judgeGoVersion(`go version ${version} linux/amd64`), undefined);
  }
});

test('a missing or old Go is told apart, and both are told what to do', () => {
  assert.match(judgeGoVersion('') ?? '', /^Go is not installed: install Go 1\.26 or newer .* or use --kubeconfig FILE for a cluster of your own\.$/);
  assert.match(judgeGoVersion('go version go1.9.7 linux/amd64') ?? '', /^Go 1\.9 is too old: install Go 1\.26/);
});
