// The guide names everything that verify may find, as grave as it is, and nothing else.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { findingNames, levelOf } from '../../src/verify/finding.ts';

const page = readFileSync(path.join(import.meta.dirname, '../../docs/guides/verify-and-revoke.md'), 'utf8');

test('every finding of verify stands in the table of its guide, with its level', () => {
  const rows = [...page.matchAll(/^\| (`[^|]+`) \| ([✗▲]) \|/gm)];
  const told = rows.flatMap(([, names = '', mark]) => [...names.matchAll(/`([^`]+)`/g)].map(([, name]) => [name, mark]));
  const known = findingNames.map((name) => [name, levelOf(name) === 'error' ? '✗' : '▲']);
  assert.deepEqual(told.map(String).toSorted(), known.map(String).toSorted());
});
