import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { isLocked, lockFile } from './file-lock.ts';
import { identify } from './process-identity.ts';

async function inFolder(use: (file: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'lock-'));
  try {
    await use(join(folder, 'a.lock'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('a lock that a living process holds is waited for, and its owner is named once', () =>
  inFolder(async (file) => {
    const release = await lockFile(file);
    assert.equal(await isLocked(file), true);
    const owners: number[] = [];
    const second = lockFile(file, {
      pollMs: 1,
      onWait: (pid) => {
        owners.push(pid);
        void release();
      },
    });
    await (await second)();
    assert.deepEqual(owners, [process.pid]);
    assert.equal(await isLocked(file), false);
  }));

test("a dead process's lock is taken over", () =>
  inFolder(async (file) => {
    await writeFile(file, JSON.stringify({ ...identify(process.pid), startTime: '1' }));
    assert.equal(await isLocked(file), false);
    await (await lockFile(file))();
  }));

test('a lock that names nobody, as a full disk leaves one, is taken over', () =>
  inFolder(async (file) => {
    await writeFile(file, '');
    assert.equal(await isLocked(file), false);
    await (await lockFile(file))();
  }));

test('of many who want a lock at once, one after the other has it, and nothing is left', () =>
  inFolder(async (file) => {
    let inside = 0;
    let most = 0;
    await Promise.all(Array.from({ length: 20 }, async () => {
      const release = await lockFile(file, { pollMs: 1 });
      most = Math.max(most, (inside += 1));
      await readdir(dirname(file));
      inside -= 1;
      await release();
    }));
    assert.deepEqual([most, await readdir(dirname(file))], [1, []]);
  }));

test('who waits for a lock can be told to stop', () =>
  inFolder(async (file) => {
    const release = await lockFile(file);
    const stop = new AbortController();
    await assert.rejects(lockFile(file, { signal: stop.signal, onWait: () => stop.abort() }), { name: 'AbortError' });
    await release();
  }));
