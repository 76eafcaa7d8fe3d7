import assert from 'node:assert/strict';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { waitForLine } from './log-file.ts';

test('a line is found whether it is there already or comes later, and old ones can be passed over', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'log-'));
  const file = join(folder, 'a.log');
  try {
    await writeFile(file, 'ready 1\n');
    assert.equal(await waitForLine(file, 'ready'), 'ready 1');
    const later = waitForLine(file, 'ready', { after: 'ready 1\n'.length });
    await appendFile(file, 'other\nready 2\n');
    assert.equal(await later, 'ready 2');
    const leaving = new AbortController();
    const left = assert.rejects(waitForLine(file, 'nothing', { signal: leaving.signal }), /for "nothing"/);
    leaving.abort();
    await left;
    await assert.rejects(waitForLine(file, 'nothing', { timeoutMs: 2 }), /waited 0\.002 s for "nothing".*\nready 1\nother\nready 2/);
  } finally {
    await rm(folder, { recursive: true });
  }
});
