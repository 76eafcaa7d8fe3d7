// docs/guides/README.md names every guide.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const folder = path.join(import.meta.dirname, '../../docs/guides');

test('every guide has one row in the table of guides', () => {
  const index = readFileSync(path.join(folder, 'README.md'), 'utf8');
  const named = [...index.matchAll(/^\| .* \| \[(.+\.md)\]\(\1\) \| .+ \|$/gm)].map(([, file = '']) => file);
  assert.deepEqual(named.toSorted(), globSync('*.md', { cwd: folder }).filter((file) => file !== 'README.md').toSorted());
});
