import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeInstallation } from './packages.ts';

test('packages are installed by root on Debian; anyone else is told in one sentence what to do', () => {
  assert.equal(judgeInstallation(['runc'], { uid: 0, isDebian: true }), undefined);
  assert.match(judgeInstallation(['runc', 'iptables'], { uid: 1000, isDebian: true }) ?? '', /^runc, iptables cannot be installed by this user: run as root, or apt-get install runc iptables\.$/);
  assert.match(judgeInstallation(['runc'], { uid: 0, isDebian: false }) ?? '', /^runc cannot be installed, since there is no apt-get here/);
});
