import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const built = ['pca-issuer.mjs', 'pca-issuer.mjs.map', 'pca-issuer.cdx.json', 'THIRD_PARTY_NOTICES'];

/** What the Dockerfile copies, and node_modules as links to the same files: builds do not write there. */
async function buildClone(clone: string): Promise<readonly string[]> {
  await mkdir(clone, { recursive: true });
  for (const path of ['package.json', 'package-lock.json', 'tsconfig.json', 'hack/build', 'src']) await cp(join(root, path), join(clone, path), { recursive: true });
  // Some file systems have no hard links: half a gigabyte is copied there.
  await run('cp', ['--archive', '--link', join(root, 'node_modules'), clone]).catch(() => run('cp', ['--archive', '--remove-destination', join(root, 'node_modules'), clone]));
  await run(process.execPath, ['hack/build/build.ts'], { cwd: clone });
  return Promise.all(built.map(async (file) => createHash('sha256').update(await readFile(join(clone, 'dist', file))).digest('hex')));
}

test('two clean copies of the sources, in folders of other names, give the same bundle, byte for byte, and say the same of what is in it', async () => {
  await mkdir(join(root, 'dist'), { recursive: true });
  const folder = await mkdtemp(join(root, 'dist/clones-')); // links do not reach into another file system
  try {
    const [first, second] = await Promise.all([buildClone(join(folder, 'a')), buildClone(join(folder, 'another/one'))]);
    assert.deepEqual(first, second);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
