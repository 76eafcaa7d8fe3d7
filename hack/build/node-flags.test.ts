import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { nodeFlags } from './node-flags.ts';

const root = join(import.meta.dirname, '../..');

test('the image runs node with exactly these flags, from its environment, so that a pod may set others', async () => {
  const lines = await readFile(join(root, 'Dockerfile'), 'utf8');
  assert.match(lines, new RegExp(`NODE_OPTIONS="${nodeFlags.join(' ')}"`));
  assert.match(lines, /^ENTRYPOINT \["\/nodejs\/bin\/node", "\/app\/pca-issuer\.mjs"\]$/m);
});

test('nothing else sets them', async () => {
  for (const file of ['config/chart/pca-issuer/templates/deployment.yaml', 'config/default/deployment.yaml']) {
    assert.doesNotMatch(await readFile(join(root, file), 'utf8'), /max-old-space-size/, file);
  }
});
