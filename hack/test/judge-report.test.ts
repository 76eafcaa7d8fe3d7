import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { judgeReport, noTestFound } from './judge-report.ts';

const sources = {
  good: `test('one', () => {});`,
  helped: `import { declare } from './helper.mjs'; declare('one');`,
  empty: '',
  early: `test('one', () => process.exit(0)); test('two', () => { throw new Error('two'); });`,
  skips: `test('one', () => {}); test.skip('another one', () => {});`,
  fails: `test('one', () => { throw new Error('no'); });`,
} as const;

let folder: string;
before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'judge-report-'));
  await writeFile(path.join(folder, 'helper.mjs'), `import { test } from 'node:test';\nexport const declare = (name) => test(name, () => {});\n`);
  for (const [name, source] of Object.entries(sources)) await writeFile(fileOf(name), `import { test } from 'node:test';\n${source}\n`);
});
after(() => rm(folder, { recursive: true }));

const fileOf = (name: string): string => path.join(folder, `${name}.test.mjs`);

/** As e2e/harness/test-runner.ts runs them. */
async function judged(names: readonly (keyof typeof sources)[], only?: string): Promise<string | undefined> {
  const [files, report] = [names.map(fileOf), path.join(folder, `${names.join('-')}-${only}.xml`)];
  const { NODE_TEST_CONTEXT: _, ...env } = process.env; // else it would report to the runner that we are run by
  const args = ['--test', '--test-reporter=junit', `--test-reporter-destination=${report}`, ...(only === undefined ? [] : [`--test-name-pattern=${only}`]), ...files];
  await new Promise((resolve) => void execFile(process.execPath, args, { env }, resolve));
  return judgeReport(await readFile(report, 'utf8'), { files, isSelection: only !== undefined });
}

test('a file in which no test ran is named, though its runner calls it passed', async () => {
  assert.deepEqual(await Promise.all([judged(['good', 'fails', 'helped']), judged(['good', 'empty']), judged(['early', 'good'])]), [undefined, 'no test ran in empty.test.mjs', 'no test ran in early.test.mjs']);
});

test('a pattern has to match something, in one file at least', async () => {
  assert.deepEqual(await Promise.all([judged(['good', 'empty'], 'one'), judged(['good', 'skips'], 'nothing')]), [undefined, noTestFound]);
});

test('a skipped test is told', async () => {
  assert.equal(await judged(['good', 'skips']), 'skipped: another one');
});
