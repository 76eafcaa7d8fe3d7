import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeMachine } from './requirements.ts';

const fine = { platform: 'linux', uid: 0, foreignPods: false, addresses: ['127.0.0.1', '192.0.2.7'], availableMemoryMiB: 8_000, disk: { freeMiB: 20_000, freePercent: 40 }, workshops: [{ folder: '/tmp', freeMiB: 9_000 }] };
const judged = (change: Partial<typeof fine>): string => judgeMachine({ ...fine, ...change }) ?? 'fine';

test('a node runs on Linux, as root, and beside no other kubelet; whoever cannot have one is told why', () => {
  assert.equal(judged({}), 'fine');
  assert.match(judged({ platform: 'darwin' }), /^A node runs on Linux only, and this is darwin\.$/);
  assert.match(judged({ uid: 1000 }), /needs root/);
  assert.match(judged({ foreignPods: true }), /Another kubelet/);
});

test('a machine that has an address of the node, or too little memory or disk, is told so', () => {
  assert.match(judged({ addresses: ['10.244.0.17'] }), /has the address 10\.244\.0\.17/);
  assert.match(judged({ addresses: ['10.251.0.3'] }), /has the address 10\.251\.0\.3/);
  assert.equal(judged({ addresses: ['10.244.1.17', '10.25.0.1'] }), 'fine');
  assert.match(judged({ availableMemoryMiB: 900.5 }), /2048 MiB of memory, and 900 are free/);
  assert.match(judged({ disk: { freeMiB: 100, freePercent: 40 } }), /on the disk/);
  assert.match(judged({ disk: { freeMiB: 20_000, freePercent: 1.24 } }), /1\.2 % are free/);
  assert.match(judged({ workshops: [{ folder: '/tmp', freeMiB: 9_000 }, { folder: '/var/tmp', freeMiB: 12.5 }] }), /1024 MiB in \/var\/tmp, and 12 are free/);
});
