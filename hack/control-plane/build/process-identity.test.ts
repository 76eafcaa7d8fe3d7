import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { identify, identifyChild, isAlive, parseStat, signalProcess } from './process-identity.ts';

test('state and start time are read past a command name with blanks and brackets', () => {
  const fields = Array.from({ length: 30 }, (_, index) => String(index + 4));
  assert.deepEqual(parseStat(`12 (a b) c) S ${fields.join(' ')}`), { state: 'S', startTime: '22' });
});

test('this process is alive, and no process is known by a pid that nobody has', () => {
  const me = identify(process.pid);
  assert.ok(me !== undefined && isAlive(me));
  assert.equal(identify(2 ** 22 + 1), undefined);
});

test('a process that was given the pid of another is neither taken for it nor sent its signals', () => {
  const me = identify(process.pid);
  assert.ok(me !== undefined);
  for (const former of [{ ...me, startTime: '1' }, { ...me, bootId: 'the boot before' }]) {
    assert.equal(isAlive(former), false);
    assert.equal(signalProcess(former, 'SIGKILL'), false);
  }
});

test('a child that ended at once is known by its corpse, and not alive', () => {
  const { pid = 0 } = spawn('true');
  const isCorpse = (): boolean => parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8')).state === 'Z';
  while (!isCorpse());
  const child = identifyChild(pid);
  assert.ok(child !== undefined && !isAlive(child));
  assert.equal(identify(pid), undefined);
});
