import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missingLine } from './seen-lines.ts';

test('a line stands for a whole line: a number is not found within another, nor the end of a word', () => {
  assert.equal(missingLine('1', 'mesh-1 is Ready\n10\n 1 \n'), undefined);
  for (const printed of ['10', '21', 'revision 1', '1 of 3', '']) assert.equal(missingLine('1', printed), '1', printed);
  assert.equal(missingLine('OK', 'NOT OK'), 'OK');
  assert.equal(missingLine('secret/cacerts created', 'secret/cacerts created (dry run)'), 'secret/cacerts created');
});

test('… stands for anything, but not for the words around it', () => {
  for (const printed of ['  ✓ roots      CN=Root', '✓ roots x']) assert.equal(missingLine('✓ roots …', printed), undefined, printed);
  assert.equal(missingLine('✓ roots …', '✗ roots      none'), '✓ roots …');
  assert.equal(missingLine('cacerts … 1', 'cacerts   2027-02-24   2027-01-25   1'), undefined);
  assert.equal(missingLine('cacerts … 1', 'cacerts   2027-02-24   2027-01-25   11'), 'cacerts … 1');
  assert.equal(missingLine('subject=…cluster.local', 'subject=O = cluster.local'), undefined);
  assert.equal(missingLine('a.b', 'axb'), 'a.b');
});

test('lines come in their order, each as often as it is shown', () => {
  assert.equal(missingLine('a: 2\nb: 2', 'a: 2\nwaiting\nb: 2\n'), undefined);
  assert.equal(missingLine('a: 2\nb: 2', 'b: 2\na: 2\n'), 'b: 2');
  assert.equal(missingLine('condition met\ncondition met', 'condition met\n'), 'condition met');
  assert.equal(missingLine('\n  \n', 'anything'), undefined);
});
