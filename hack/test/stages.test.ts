import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeEnd, tableOf } from './stages.ts';
import { unavailableCode } from './unavailable.ts';

test('a stage that says by code and sentence that the machine cannot run it is left out; whatever else is not 0 has failed', () => {
  const told = 'a line\nunavailable: A node needs root.\nanother line\n';
  assert.deepEqual(judgeEnd(0, told), { outcome: 'passed' });
  assert.deepEqual(judgeEnd(unavailableCode, told), { outcome: 'left out', why: 'A node needs root.' });
  assert.deepEqual(judgeEnd(unavailableCode, 'some program ended so\n'), { outcome: 'FAILED' });
  assert.deepEqual(judgeEnd(1, told), { outcome: 'FAILED' });
  assert.deepEqual(judgeEnd(null, ''), { outcome: 'FAILED' });
});

test('the table has a line for each stage, with its time, and the reason of the one that was left out', () => {
  assert.deepEqual(
    tableOf([
      { name: 'unit', seconds: 8.04, outcome: 'passed' },
      { name: 'e2e', seconds: 300, outcome: 'FAILED' },
      { name: 'e2e:node', seconds: 0.5, outcome: 'left out', why: 'A node needs root.' },
    ]),
    [
      '  passed    unit           8.0 s',
      '  FAILED    e2e          300.0 s',
      '  left out  e2e:node       0.5 s  A node needs root.',
    ],
  );
});
