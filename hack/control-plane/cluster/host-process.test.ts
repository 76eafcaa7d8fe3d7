import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { isAlive } from '../build/process-identity.ts';
import { findProcess, killProcesses, readProcesses, startProcess, untilReady } from './host-process.ts';

async function inFolder(use: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'process-'));
  try {
    await use(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

test('a started process is found by its record, and killed with no other', () =>
  inFolder(async (directory) => {
    const started = startProcess({ directory, name: 'sleeper', command: 'sleep', args: ['60'] });
    assert.deepEqual((await readProcesses(directory)).map(({ name, pid }) => [name, pid]), [['sleeper', started.pid]]);
    await killProcesses([{ ...started, startTime: '1' }]);
    assert.equal(isAlive(started), true);
    await killProcesses([started]);
    assert.equal(isAlive(started), false);
  }));

test('a process that was killed is started again from its record', () =>
  inFolder(async (directory) => {
    const args = ['-c', 'exec sleep 60'];
    const started = startProcess({ directory, name: 'talker', command: 'sh', args, environment: { WORD: 'again' } });
    await killProcesses([started]);
    const restarted = startProcess({ ...(await findProcess(directory, 'talker')), directory });
    assert.notEqual(restarted.pid, started.pid);
    assert.deepEqual([restarted.args, restarted.environment], [args, { WORD: 'again' }]);
    await killProcesses([restarted]);
    await assert.rejects(findProcess(directory, 'nobody'), /has no record of a process nobody/);
  }));

test('waiting for a process that ends instead gives its last words', () =>
  inFolder(async (directory) => {
    const started = startProcess({ directory, name: 'talker', command: 'sh', args: ['-c', 'echo no such flag; exit 3'] });
    await assert.rejects(untilReady(started, async () => false), /talker ended \(exit code 3\).*\nno such flag/);
  }));

test('waiting has an end', () =>
  inFolder(async (directory) => {
    const started = startProcess({ directory, name: 'sleeper', command: 'sleep', args: ['60'] });
    await assert.rejects(untilReady(started, () => Promise.reject(new Error('not yet')), 5), /not ready after 0\.005 s/);
    await killProcesses([started]);
  }));
