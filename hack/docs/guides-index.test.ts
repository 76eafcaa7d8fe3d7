// docs/guides/README.md names every guide, and a test types what it says.
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { blocksOf } from './markdown.ts';

const folder = path.join(import.meta.dirname, '../../docs/guides');
const lane = path.join(import.meta.dirname, '../../e2e/guides');

/** Their commands are for AWS's own command line, or for people who look; what they say happens is in other scenarios. */
const notTyped: Readonly<Record<string, string>> = {
  'credentials.md': 'e2e/scenarios/credentials.test.ts',
  'cross-account.md': 'e2e/scenarios/credentials.test.ts',
  'migrate-from-aws-privateca-issuer.md': 'e2e/scenarios/migration.test.ts',
  'verify-and-revoke.md': 'e2e/scenarios/kubectl-plugin.test.ts',
};

const read = (file: string): string => readFileSync(path.join(folder, file), 'utf8');
const index = read('README.md');

test('every guide has one row in the table of guides', () => {
  const named = [...index.matchAll(/^\| .* \| \[(.+\.md)\]\(\1\) \| .+ \|$/gm)].map(([, file = '']) => file);
  assert.deepEqual(named.toSorted(), globSync('*.md', { cwd: folder }).filter((file) => file !== 'README.md').toSorted());
});

test('how many blocks of a guide are typed is counted right', () => {
  const counts = [...index.matchAll(/\((\S+\.md)\) \|.*\| (\d+) of (\d+) blocks \|$/gm)];
  assert.ok(counts.length > 8);
  for (const [, file = '', typed, all] of counts) {
    const commands = blocksOf(read(file)).filter(({ language }) => language === 'bash');
    const skipped = commands.filter(({ text }) => text.startsWith('# needs: '));
    assert.deepEqual([Number(typed), Number(all)], [commands.length - skipped.length, commands.length], file);
  }
});

test('the commands of every guide are typed as they stand, and what they are said to print stands right below them', () => {
  const typed = globSync('*.test.ts', { cwd: lane }).flatMap((file) => [...readFileSync(path.join(lane, file), 'utf8').matchAll(/^ +guide: '(.+\.md)',$/gm)].map(([, guide = '']) => guide));
  const pages = globSync('*.md', { cwd: folder }).map((file) => ({ file, blocks: blocksOf(read(file)) }));
  const withCommands = pages.filter(({ blocks }) => blocks.some(({ language }) => language === 'bash')).map(({ file }) => file);
  assert.deepEqual([...typed, ...Object.keys(notTyped)].toSorted(), withCommands.toSorted());
  for (const file of Object.values(notTyped)) assert.ok(existsSync(path.join(lane, '../..', file)), file);
  for (const { file, blocks } of pages.filter(({ file }) => typed.includes(file))) {
    blocks.forEach(({ language, text }, place) => assert.ok(language !== 'text' || blocks[place - 1]?.language === 'bash', `${file}: nobody compares this with anything:\n${text}`));
  }
});
