// SECURITY.md explains each right that the controller gets, and none that it does not get.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { parseAllDocuments } from 'yaml';

const root = path.join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

interface Role {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly rules?: readonly Rule[];
}

const coded = (words: readonly string[]): string => words.map((word) => `\`${word}\``).join(' ');

function rowOf({ kind, metadata: { name } }: Role, { apiGroups, resources, resourceNames = [], verbs }: Rule): string {
  const groups = apiGroups.map((group) => (group === '' ? 'core' : `\`${group}\``)).join(', ');
  return `| ${kind} \`${name}\` | ${groups} | ${coded([...resources, ...resourceNames])} | ${coded(verbs)} |`;
}

test('every rule of config/default/rbac.yaml has a row that says what it is for, and every row is a rule', () => {
  const roles = parseAllDocuments(read('config/default/rbac.yaml')).map((document) => document.toJS() as Role);
  const wanted = roles.flatMap((role) => (role.rules ?? []).map((rule) => rowOf(role, rule)));
  const rows = read('SECURITY.md').match(/^\| (?:Cluster)?Role `.*$/gm) ?? [];
  assert.deepEqual(rows.map((row) => row.split('|').slice(0, 5).join('|') + '|').toSorted(), wanted.toSorted());
  for (const row of rows) assert.match(row, /\| [A-Z`c][^|]{9,} \|$/);
});
