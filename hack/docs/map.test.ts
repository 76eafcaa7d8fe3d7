// Does somebody who is new here find every command and every room?
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const root = path.join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
/** What stands in code type in the first column of a page's tables. */
const firstColumn = (page: string): readonly string[] => [...read(page).matchAll(/^\| (`.+?) \|/gm)].flatMap(([, cell = '']) => [...cell.matchAll(/`(.+?)`/g)].map(([, code = '']) => code));

test('CONTRIBUTING has a row for every npm script', () => {
  const { scripts } = JSON.parse(read('package.json')) as { readonly scripts: Readonly<Record<string, string>> };
  const named = firstColumn('CONTRIBUTING.md').map((command) => /^npm (?:run )?([\w:]+)/.exec(command)?.[1]);
  assert.deepEqual(Object.keys(scripts).filter((name) => !named.includes(name)), []);
  assert.deepEqual(named.filter((name) => name !== 'ci' && scripts[name ?? ''] === undefined), []);
});

test('docs/architecture.md has a row for every folder of src, hack and e2e', () => {
  const folders = globSync(['src/*/', 'hack/*/', 'e2e/*/'], { cwd: root }).map((folder) => folder.replace(/\/$/, ''));
  const named = firstColumn('docs/architecture.md');
  assert.deepEqual(folders.filter((folder) => !named.includes(folder)), []);
  assert.deepEqual(named.filter((name) => !folders.includes(name) && name !== 'src/main.ts'), []);
});
