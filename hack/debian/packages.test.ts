import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLocked, judgeInstallation } from './packages.ts';

test('packages are installed by root on Debian; anyone else is told in one sentence what to do', () => {
  assert.equal(judgeInstallation(['runc'], { uid: 0, isDebian: true }), undefined);
  assert.match(judgeInstallation(['runc', 'iptables'], { uid: 1000, isDebian: true }) ?? '', /^runc, iptables cannot be installed by this user: run as root, or apt-get install runc iptables\.$/);
  assert.match(judgeInstallation(['runc'], { uid: 0, isDebian: false }) ?? '', /^runc cannot be installed, since there is no apt-get here/);
});

test('an apt-get that found another one at work is told apart from one that failed', () => {
  assert.ok(isLocked('E: Could not get lock /var/lib/apt/lists/lock. It is held by process 7 (apt-get)\nE: Unable to lock directory /var/lib/apt/lists/'));
  assert.ok(!isLocked('E: Unable to locate package buildah'));
  assert.ok(!isLocked('E: Could not open lock file /var/lib/apt/lists/lock - open (13: Permission denied)\nE: Unable to lock directory /var/lib/apt/lists/'));
});
