import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeGoFailure, judgeGoVersion } from './go-toolchain.ts';

test('a Go of 1.26 or newer will do', () => {
  for (const version of ['go1.26', 'go1.26.8', 'go1.27rc1', 'go2.0']) {
    assert.equal(judgeGoVersion(`go version ${version} linux/amd64`), undefined);
  }
});

test('a missing or old Go is told apart, and both are told what to do', () => {
  assert.match(judgeGoVersion('') ?? '', /^Go is not installed: install Go 1\.26 or newer .* or use --kubeconfig FILE for a cluster of your own\.$/);
  assert.match(judgeGoVersion('go version go1.9.7 linux/amd64') ?? '', /^Go 1\.9 is too old: install Go 1\.26/);
});

test('a mirror that fails for a moment is asked again, a full disk is not, and neither are sources that are wrong', () => {
  for (const end of ['EOF', 'read "https://mirror.test/a.zip": unexpected EOF', '503 Service Unavailable', 'dial tcp: lookup mirror.test: no such host', 'net/http: TLS handshake timeout', 'read tcp 192.0.2.1:1->192.0.2.2:443: read: connection reset by peer']) {
    assert.equal(judgeGoFailure(`go: downloading a v1.0.0\na@v1.0.0: Get "https://mirror.test/a/@v/v1.0.0.zip": ${end}\n`), 'again', end);
  }
  assert.equal(judgeGoFailure('compile: writing output: write $WORK/b001/_pkg_.a: no space left on device\n'), 'full');
  for (const wrong of ['a@v1.0.0: reading https://mirror.test/a/@v/v1.0.0.info: 404 Not Found', './main.go:3:1: syntax error: unexpected EOF', 'verifying a@v1.0.0: checksum mismatch']) assert.equal(judgeGoFailure(wrong), 'wrong', wrong);
});
