import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeRunc, said } from './try-machine.ts';

test('a runc that containerd 2 does not know any more is told by its version', () => {
  assert.equal(judgeRunc('runc version 1.1.5+ds1\ncommit: 1.1.5\nspec: 1.0.2-dev\n'), undefined);
  assert.equal(judgeRunc('runc version 1.3.0\n'), undefined);
  assert.equal(judgeRunc('runc version 2.0.0\n'), undefined);
  assert.match(judgeRunc('runc version 1.0.0~rc93+ds1\n') ?? '', /and this is 1\.0\.0~rc93\+ds1\.$/);
  assert.match(judgeRunc('crun version 1.8\n') ?? '', /none that says its version/);
});

test('of what a program wrote before it failed, the last line is told, and of a log its message', () => {
  assert.equal(said({ stderr: 'first\nRTNETLINK answers: Operation not permitted\n', message: 'Command failed' }), 'RTNETLINK answers: Operation not permitted');
  assert.equal(said({ stderr: 'time="2026" level=error msg="mkdir \\"/sys\\": read-only"\n', message: '' }), 'mkdir \\"/sys\\": read-only');
  assert.equal(said(new Error('EROFS: read-only file system')), 'EROFS: read-only file system');
});
