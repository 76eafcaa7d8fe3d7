// What stands in the pages to be copied can be read by what it is meant for, and their links lead somewhere. That a real API server
// admits their YAML as it stands is for e2e/scenarios/manifests.test.ts.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { blocksOf, headingsOf, isValues } from './markdown.ts';
import { guides } from './guides.ts';

const root = path.join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

const allBlocks = guides(root).flatMap((file) => blocksOf(read(file)).map((block) => ({ ...block, file })));
const blocksIn = (language: string) => allBlocks.filter((block) => block.language === language);

test('every block says what it is', () => {
  assert.deepEqual([...new Set(allBlocks.map(({ language }) => language))].toSorted(), ['bash', 'json', 'text', 'yaml']);
  for (const file of guides(root)) {
    const fences = read(file).match(/^ *```.*$/gm) ?? [];
    assert.equal(fences.length, 2 * blocksOf(read(file)).length, `${file} has a fence without a language, or one that does not end`);
  }
});

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource?: string;
  readonly Principal?: object;
}

test('every policy is JSON, and its statements allow known actions to or on something', () => {
  assert.ok(blocksIn('json').length > 10);
  for (const { file, text } of blocksIn('json')) {
    const policy = JSON.parse(text) as { readonly Version?: string; readonly Statement?: readonly Statement[] } & Statement;
    if (policy.Statement !== undefined) assert.equal(policy.Version, '2012-10-17', file);
    for (const { Effect, Action, Resource, Principal } of policy.Statement ?? [policy]) {
      assert.equal(Effect, 'Allow', file);
      for (const action of [Action].flat()) assert.match(action, /^(?:acm-pca:(?:DescribeCertificateAuthority|IssueCertificate|GetCertificate|GetCertificateAuthorityCertificate|RevokeCertificate)|sts:(?:AssumeRole|AssumeRoleWithWebIdentity|TagSession))$/, file);
      if (policy.Statement !== undefined) assert.notEqual(Resource === undefined, Principal === undefined, `${file}: ${text}`);
    }
  }
});

test('every command can be read by a shell', () => {
  for (const { file, text } of blocksIn('bash')) {
    const { status, stderr } = spawnSync('bash', ['-n'], { input: text, encoding: 'utf8' });
    assert.equal(status, 0, `${file}: ${stderr}`);
  }
});

test('every block of YAML is read without a complaint, and names accounts and keys that are nobody\'s', () => {
  assert.ok(blocksIn('yaml').some(isValues));
  for (const { file, text } of blocksIn('yaml')) {
    assert.deepEqual(parseAllDocuments(text).flatMap(({ errors }) => errors), [], file);
    for (const [account] of text.matchAll(/(?<=:)\d{12}(?=:)/g)) assert.match(account, /^(?:111122223333|444455556666)$/, file);
    for (const [key] of text.matchAll(/A(?:KIA|SIA)\w+/g)) assert.match(key, /EXAMPLE$/, file);
  }
});

test('every link leads to a file that is there, and to a heading in it', () => {
  const pages = [...guides(root), 'README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...globSync('docs/*.md', { cwd: root })];
  const broken: string[] = [];
  for (const page of new Set(pages)) {
    for (const [, target = ''] of read(page).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)) {
      const [file = '', heading] = target.split('#');
      const found = file === '' ? page : path.join(path.dirname(page), file);
      if (!existsSync(path.join(root, found)) || (heading !== undefined && !headingsOf(read(found)).has(heading))) broken.push(`${page}: ${target}`);
    }
  }
  assert.deepEqual(broken, []);
});
