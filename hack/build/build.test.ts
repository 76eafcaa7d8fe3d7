import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { build } from './build.ts';

test('a bundle that would be the same stays untouched, whoever builds it at the same time, and one that changed is put in its place whole', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'build-'));
  try {
    const [entry, file] = [join(folder, 'entry.ts'), join(folder, 'dist/bundle.mjs')];
    const built = () => Promise.all([1, 2, 3].map(() => build({ entry, file }))).then(() => stat(file));
    await writeFile(entry, 'console.log(1);');
    const first = await build({ entry, file }).then(() => stat(file));
    const second = await built();
    assert.deepEqual([second.ino, second.mtimeMs], [first.ino, first.mtimeMs]);
    await writeFile(entry, 'console.log("other");');
    await built();
    assert.match(await readFile(file, 'utf8'), /"other"/);
    assert.deepEqual((await readdir(join(folder, 'dist'))).filter((name) => name.endsWith('.new')), []);
  } finally {
    await rm(folder, { recursive: true });
  }
});
