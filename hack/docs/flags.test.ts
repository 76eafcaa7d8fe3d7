// Whoever asks for --help is told every flag that a command takes, and docs/flags.md says of each of the controller's what it means.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { flagOf, table, type Settings } from '../../src/app/settings.ts';

const root = path.join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

/** The flags that a command gives node's parseArgs, or reads by itself. */
function flagsIn(source: string): readonly string[] {
  const [, options = ''] = /parseArgs\(\{[\s\S]*?options: \{([\s\S]*?)\n? *\},\n/.exec(source) ?? [];
  const parsed = [...options.matchAll(/(?:'([a-z-]+)'|\b([a-z]+)): (?:one|many|flag|\{ type)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
  const [, read = ''] = /\/\^--\?\(([a-z|-]+)\)/.exec(source) ?? [];
  return [...parsed, ...read.split('|').filter((name) => name !== '')];
}

test('the help of every command names every flag that it takes', () => {
  const counts: Record<string, number> = {};
  for (const file of globSync('src/commands/*.ts', { cwd: root }).filter((each) => !each.endsWith('.test.ts'))) {
    const source = read(file);
    const [, help = ''] = /const help = `([\s\S]*?)`;\n/.exec(source) ?? [];
    const flags = flagsIn(source);
    for (const flag of flags) assert.match(help, new RegExp(`--${flag}\\b`), `${file}: --${flag}`);
    if (flags.length > 0) counts[path.basename(file, '.ts')] = flags.length;
  }
  // A command whose flags are not found would pass.
  assert.deepEqual(Object.keys(counts).toSorted(), ['preflight', 'revoke', 'verify']);
  assert.ok(Object.values(counts).reduce((sum, count) => sum + count, 0) > 20, JSON.stringify(counts));
});

test('every flag of the controller has a row that says what it means, and by which value of the chart it is set', () => {
  const rows = read('docs/flags.md').split('\n').filter((line) => line.startsWith('| `--'));
  assert.equal(rows.length, Object.keys(table).length);
  for (const name of Object.keys(table) as (keyof Settings)[]) {
    const cells = rows.find((line) => line.startsWith(`| \`--${flagOf(name)} `))?.split(/(?<!\\)\|/).map((cell) => cell.trim()) ?? assert.fail(name);
    assert.ok((cells[5] ?? '').length > 20, `--${flagOf(name)} is not explained`);
    // What the pod knows by itself, and what the chart always sets.
    const isFixed = ['kubeconfig', 'leaderElectionNamespace', 'leaderElect'].includes(name);
    assert.equal(cells[4] === '', isFixed, `--${flagOf(name)}: ${cells[4]}`);
  }
});
