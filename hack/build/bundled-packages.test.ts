import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { packageFolders, readPackages, type BundledPackage } from './bundled-packages.ts';
import { notices } from './notices.ts';
import { sbom } from './sbom.ts';

const root = join(import.meta.dirname, '../..');
const output = (inputs: Record<string, number>, entryPoint?: string) => ({
  bytes: 1, imports: [], exports: [], ...(entryPoint === undefined ? {} : { entryPoint }),
  inputs: Object.fromEntries(Object.entries(inputs).map(([file, bytesInOutput]) => [file, { bytesInOutput }])),
});

test('a package is in the bundle when a byte of it is: scoped, nested, but neither dropped nor our own', () => {
  const outputs = {
    'dist/a.mjs': output({ 'src/main.ts': 9, 'node_modules/a/x/index.js': 1, 'node_modules/@s/b/index.js': 2, 'node_modules/a/node_modules/c/index.js': 3, 'node_modules/dropped/index.js': 0 }, 'src/main.ts'),
    'dist/a.mjs.map': output({ 'node_modules/d/index.js': 1 }),
  };
  assert.deepEqual(packageFolders({ outputs }), ['node_modules/@s/b', 'node_modules/a', 'node_modules/a/node_modules/c']);
});

test('a package is read with its version, licence, text and the checksum of its archive', async () => {
  const [found] = await readPackages(root, ['node_modules/undici', 'node_modules/undici']);
  assert.deepEqual([found?.name, found?.licence, found?.texts.length], ['undici', 'MIT', 1]);
  assert.match(found?.texts[0] ?? '', /MIT License/);
  assert.match(found?.integrity ?? '', /^sha512-/);
});

const packages: readonly BundledPackage[] = [
  { name: '@s/b', version: '1.0.0', licence: 'MIT', texts: ['text of MIT'], integrity: `sha512-${Buffer.from('ab').toString('base64')}` },
  { name: 'c', version: '2.0.0', licence: 'MIT', texts: ['text of MIT'], integrity: undefined },
  { name: 'd', version: '3.0.0', licence: '(MIT OR Apache-2.0)', texts: [], integrity: undefined },
];

test('the notices hold each text once, under those that carry it, and name those that carry none', () => {
  const page = notices(packages);
  assert.equal(page.split('text of MIT').length, 2);
  assert.match(page, /@s\/b 1\.0\.0 \(MIT\)\nc 2\.0\.0 \(MIT\)\n/);
  assert.match(page, /come without a text.*\nd 3\.0\.0 \(\(MIT OR Apache-2\.0\)\)\n$/);
});

test('the bill of materials names every package by its URL, and is the same for the same bundle only', () => {
  const text = sbom({ version: '1.2.3', sha256: 'ff', packages });
  const document = JSON.parse(text) as { readonly components: readonly Record<string, unknown>[] };
  assert.deepEqual(document.components.map(({ purl }) => purl), ['pkg:npm/%40s/b@1.0.0', 'pkg:npm/c@2.0.0', 'pkg:npm/d@3.0.0']);
  assert.deepEqual(document.components[0]?.['hashes'], [{ alg: 'SHA-512', content: '6162' }]);
  assert.deepEqual(document.components[2]?.['licenses'], [{ expression: '(MIT OR Apache-2.0)' }]);
  assert.equal(sbom({ version: '1.2.3', sha256: 'ff', packages }), text);
  const serial = (of: string) => (JSON.parse(of) as { serialNumber: string }).serialNumber;
  assert.match(serial(text), /^urn:uuid:[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-8[\da-f]{3}-[\da-f]{12}$/);
  assert.notEqual(serial(sbom({ version: '1.2.3', sha256: 'fe', packages })), serial(text));
});
