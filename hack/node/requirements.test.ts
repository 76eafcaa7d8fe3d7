import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeMachine } from './requirements.ts';

const fine = { platform: 'linux', uid: 0, foreignPods: false };

test('a node runs on Linux, as root, and beside no other kubelet; whoever cannot have one is told why', () => {
  assert.equal(judgeMachine(fine), undefined);
  assert.match(judgeMachine({ ...fine, platform: 'darwin' }) ?? '', /^A node runs on Linux only, and this is darwin\.$/);
  assert.match(judgeMachine({ ...fine, uid: 1000 }) ?? '', /needs root/);
  assert.match(judgeMachine({ ...fine, foreignPods: true }) ?? '', /Another kubelet/);
});
