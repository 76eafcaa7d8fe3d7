// docs/troubleshooting.md is complete: every reason has an entry, every entry a reason, and the sentences are those of the source.
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { answers, answersWithoutName, connectionWords } from '../../src/aws/error-names.ts';
import { requestReasons } from '../../src/domain/conditions.ts';
import { plainEventReasons } from '../../src/domain/event-reasons.ts';
import { warningReasons, warningTypes } from '../../src/domain/issuer-warnings.ts';
import { failReasons, waitReasons } from '../../src/domain/outcome.ts';
import { issuerReasons } from '../../src/domain/readiness.ts';
import { guides } from './guides.ts';
import { blocksOf, sectionsOf, type Block } from './markdown.ts';
import { fixedParts, isPutTogether, literalsOf } from './written-sentences.ts';

const root = path.join(import.meta.dirname, '../..');
const page = readFileSync(path.join(root, 'docs/troubleshooting.md'), 'utf8');
const groups = sectionsOf(page, 2);

const sorted = (words: Iterable<string>): readonly string[] => [...new Set(words)].toSorted();
const entriesOf = (group: string): readonly string[] => sorted(sectionsOf(`## ${group}\n${groups.get(group) ?? assert.fail(`there is no group "${group}"`)}`, 3).keys());

test('every reason has an entry in its group, and no entry is for a reason that is gone', () => {
  assert.deepEqual(entriesOf('The issuer says'), sorted([...issuerReasons, ...warningReasons]));
  assert.deepEqual(entriesOf('The request waits'), sorted([...waitReasons, 'Pending']));
  assert.deepEqual(entriesOf('The request failed'), sorted([...failReasons, 'Denied']));
  assert.deepEqual(entriesOf('Events'), sorted(plainEventReasons.filter((reason) => reason !== 'Pending')));
});

test('no entry is empty', () => {
  for (const [reason, text] of sectionsOf(page, 3)) assert.ok(text.trim().length > 20, reason);
});

test('every condition, every reason of a request and every name of an error is told of', () => {
  const words = [...warningTypes, ...requestReasons, ...Object.keys(answers).filter((name) => answers[name] !== 'rejected' && answers[name] !== 'conflict'), ...Object.keys(connectionWords), ...answersWithoutName];
  for (const word of words) assert.ok(page.includes(`\`${word}\``), word);
});

const sources = globSync('src/**/*.ts', { cwd: root }).filter((file) => !/\.test\.ts$|\/(?:fake|test)-|\.gen\.ts$/.test(file));
const literals = new Map(sources.map((file) => [file, literalsOf(readFileSync(path.join(root, file), 'utf8'))]));

/** The rooms and files that put into words what stands in a condition. */
const speakers = /^src\/(?:aws|controller|domain)\/|^src\/pki\/(?:algorithms|chain|csr|pem|signature)\.ts$|^src\/kube\/(?:secrets|service-account-token)\.ts$/;

/** Words of sentences that are for the log, or for nobody. */
const notForConditions = [
  'unhandled case', 'the status of', 'the certificate ARN will be written', 'the annotation', 'it is dropped, and one more', 'one more certificate is possible',
  'the issuer has changed since', 'AWS may have forgotten', 'somebody wrote', 'somebody judged', 'neither approved', 'request denied by', 'this process', 'an identity of a Secret comes with',
  'None of the certificates', 'a mask function other', 'has parameters that', 'list of requested',
];

const shortest = 24;

const squeezed = (text: string): string => text.replaceAll(/\s+/g, ' ');

test('every sentence that the source writes into a condition is on the page', () => {
  const all = squeezed(page);
  const spoken = [...literals].filter(([file]) => speakers.test(file) && !file.endsWith('/planted-answers.ts'));
  assert.ok(spoken.length > 60, `only ${spoken.length} files speak`);
  const untold = spoken.flatMap(([, written]) =>
    written.filter((sentence) => {
      const [longest = ''] = [...fixedParts(sentence, shortest)].toSorted((one, two) => two.length - one.length);
      const isSentence = / \S+ \S+ /.test(longest) && !notForConditions.some((words) => sentence.includes(words));
      return isSentence && !all.includes(longest);
    }),
  );
  assert.deepEqual(untold, []);
});

/** What commands print is not ours alone: e2e/guides types them and looks. */
function withoutOutput(file: string): readonly Block[] {
  const blocks = blocksOf(readFileSync(path.join(root, file), 'utf8'));
  const isTyped = existsSync(path.join(root, 'e2e/guides', path.basename(file).replace('.md', '.test.ts')));
  return blocks.filter((_, index) => !isTyped || blocks[index - 1]?.language !== 'bash');
}

test('every sentence on the page and in the guides is one that the source writes', () => {
  const written = squeezed([...literals.values(), Object.keys(answers).map((name) => `${name}Exception`)].flat().join('\n'));
  const blocks = guides(root).flatMap(withoutOutput);
  const lines = blocks.flatMap(({ language, text }) => (language === 'text' ? text.split('\n') : []));
  assert.ok(lines.length > 100, `only ${lines.length} sentences were found`);
  assert.deepEqual(lines.flatMap((line) => fixedParts(line, shortest)).filter((part) => !isPutTogether(part, written)), []);
});

test('a sentence that is put together from several literals is found, and one with another word in it is not', () => {
  const written = 'the CA of spec.arn\nis DISABLED, so that it signs nothing';
  assert.equal(isPutTogether('the CA of spec.arn is DISABLED, so that it signs nothing', written), true);
  assert.equal(isPutTogether('the CA of spec.arn is DISABLED, and so it signs nothing', written), false);
});

test('literals are found within templates and beside comments, with … for what is put in', () => {
  const source = "// it's a comment\nconst a = `one ${b ? `two ${c}` : 'three'} \\`four\\``; /* `five` */ const d = 'it\\'s six';";
  assert.deepEqual(literalsOf(source), ['two …', 'three', 'one … `four`', "it's six"]);
});
