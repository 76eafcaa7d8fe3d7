import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mountPointsUnder } from './mount-table.ts';

const table = `22 1 254:0 / / rw - ext4 /dev/vda rw
40 22 0:40 / /run/node rw - tmpfs tmpfs rw
41 40 0:41 / /run/node/rootfs/merged rw - overlay overlay rw
42 22 0:42 / /run/node-of-another rw - tmpfs tmpfs rw
43 40 0:43 / /run/node/with\\040blank rw - tmpfs tmpfs rw
`;

test('what is mounted in a folder and on it is found, the last first, and nothing of a folder with a longer name', () => {
  assert.deepEqual(mountPointsUnder(table, '/run/node'), ['/run/node/with blank', '/run/node/rootfs/merged', '/run/node']);
});
