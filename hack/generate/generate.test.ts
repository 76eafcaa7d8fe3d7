import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse, parseAllDocuments } from 'yaml';
import { flagOf, table, type Settings } from '../../src/app/settings.ts';
import { clusterCrdPath, namespacedCrdPath, parseCrd } from './crd.ts';
import { staleFiles } from './generate.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFile(join(root, path), 'utf8');
const chart = 'config/chart/pca-issuer';

test('what is generated from the CRD, the samples, the values and the metrics is up to date', async () => {
  assert.deepEqual(await staleFiles(), [], 'run `npm run generate` and commit the result');
});

test('both kinds have the same schema but for the first sentence', async () => {
  const [namespaced, cluster] = await Promise.all([namespacedCrdPath, clusterCrdPath].map(async (path) => parseCrd(await read(path))));
  assert.deepEqual(
    cluster?.spec.versions[0].schema.openAPIV3Schema.properties,
    namespaced?.spec.versions[0].schema.openAPIV3Schema.properties,
  );
  assert.deepEqual([namespaced?.spec.scope, cluster?.spec.scope], ['Namespaced', 'Cluster']);
});

test('the chart, its controller and package.json carry one version', async () => {
  const { version } = JSON.parse(await read('package.json')) as { version: string };
  const { version: chartVersion, appVersion } = parse(await read(`${chart}/Chart.yaml`)) as Record<'version' | 'appVersion', string>;
  assert.deepEqual([chartVersion, appVersion], [version, version]);
  assert.match(await read('Dockerfile'), new RegExp(`^ARG VERSION=${version}$`, 'm'));
});

test('the schema of the values knows every value and nothing else', async () => {
  const schema = JSON.parse(await read(`${chart}/values.schema.json`)) as { properties: Record<string, { type?: unknown; properties?: object }> };
  const values = parse(await read(`${chart}/values.yaml`)) as Record<string, object>;
  const { global: _, ...known } = schema.properties;
  assert.deepEqual(Object.keys(known).sort(), Object.keys(values).sort());
  // Those that may be null are Kubernetes' own, of which the values hold what they set.
  for (const [key, { type, properties }] of Object.entries(known)) {
    if (type === 'object' && properties !== undefined) assert.deepEqual(Object.keys(properties).sort(), Object.keys(values[key] ?? {}).sort(), key);
  }
});

test('every sample says first what it is for, and parses', async () => {
  const files = (await readdir(join(root, 'config/samples'), { recursive: true })).filter((file) => file.endsWith('.yaml'));
  assert.ok(files.length >= 6);
  for (const file of files) {
    const text = await read(join('config/samples', file));
    assert.match(text, /^# \w/, file);
    for (const document of parseAllDocuments(text)) assert.deepEqual(document.errors, [], file);
  }
});

test('the chart passes only flags that the controller knows', async () => {
  const passed = [...(await read(`${chart}/templates/deployment.yaml`)).matchAll(/^ +- --([a-z-]+)/gm)].map(([, flag]) => flag);
  const known = new Set(Object.keys(table).map((name) => flagOf(name as keyof Settings)));
  assert.ok(passed.length >= 9);
  assert.deepEqual(passed.filter((flag) => flag === undefined || !known.has(flag)), []);
});
