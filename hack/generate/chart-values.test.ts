import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { flagOf, table, type Settings } from '../../src/app/settings.ts';
import { leaseName } from '../../src/kube/lease.ts';
import { alerts } from './metric-alerts.ts';
import { runbooks } from './metrics-page.ts';
import { caseNames, casesFolder } from './chart-cases.ts';
import { describedValues } from './values-table.ts';

const root = join(import.meta.dirname, '../..');
const chart = 'config/chart/pca-issuer';
const read = (path: string) => readFile(join(root, path), 'utf8');
type Tree = { readonly [key: string]: unknown };
const caseOf = async (name: string) => parse(await read(`${casesFolder}/${name}.yaml`)) as Tree;

/** Values at the ends of a tree of maps, by path. An empty map is an end. */
function ends(tree: unknown, path: readonly string[] = []): readonly (readonly [path: string, value: unknown])[] {
  const isBranch = typeof tree === 'object' && tree !== null && !Array.isArray(tree) && Object.keys(tree).length > 0;
  return isBranch ? Object.entries(tree).flatMap(([key, value]) => ends(value, [...path, key])) : [[path.join('.'), tree]];
}

const at = (tree: unknown, path: string): unknown => path.split('.').reduce<unknown>((found, key) => (found as Tree | null | undefined)?.[key], tree);

test('every value of the chart is set to something else in the case every-value, and so is rendered, admitted and installed', async () => {
  const [every, values] = await Promise.all([caseOf('every-value'), read(`${chart}/values.yaml`)]);
  for (const { key, fallback } of describedValues(values)) {
    assert.notEqual(at(every, key), undefined, `${key} is not set in config/chart/cases/every-value.yaml`);
    assert.notDeepEqual(at(every, key), JSON.parse(fallback), `${key} has its default in config/chart/cases/every-value.yaml`);
  }
});

test('every key that aws-privateca-issuer knows is set in the case peer-every-key, and is known to the chart', async () => {
  const [peer, every, values] = await Promise.all([caseOf('peer-defaults'), caseOf('peer-every-key'), read(`${chart}/values.yaml`)]);
  const ownByKind = new Set(['podSecurityContext', 'securityContext', 'resources', 'affinity', 'podDisruptionBudget']);
  const known = parse(values) as Tree;
  for (const [path] of ends(peer)) {
    const key = ownByKind.has(path.split('.')[0] ?? '') ? (path.split('.')[0] ?? '') : path;
    assert.notEqual(at(every, key), undefined, `${key} is not set in peer-every-key`);
    assert.ok(at(known, key) !== undefined, `${key} is no value of the chart`);
  }
});

test('the schema of the values goes as deep as the values', async () => {
  const schema = JSON.parse(await read(`${chart}/values.schema.json`)) as { readonly definitions: Tree };
  const resolved = (node: unknown): Tree => {
    const { $ref } = node as { readonly $ref?: string };
    return $ref === undefined ? (node as Tree) : resolved(schema.definitions[$ref.replace('#/definitions/', '')]);
  };
  for (const { key } of describedValues(await read(`${chart}/values.yaml`))) {
    const found = key.split('.').reduce<Tree>((node, part) => {
      assert.equal(node['additionalProperties'], false, `${key} stands in a map that takes any key`);
      return resolved((node['properties'] as Tree)[part] ?? assert.fail(`${key} is not in the schema`));
    }, schema as unknown as Tree);
    assert.ok(Object.keys(found).length > 0, `${key} may be anything`);
  }
});

test('each flag of the controller can be set by a value', async () => {
  const template = await read(`${chart}/templates/deployment.yaml`);
  const missing = (Object.keys(table) as (keyof Settings)[]).map(flagOf).filter((flag) => !template.includes(`- --${flag}`));
  // The pod's own account, and its own namespace; extraArgs takes others.
  assert.deepEqual(missing, ['kubeconfig', 'leader-election-namespace']);
});

test('rates and concurrency have the defaults of the flags', async () => {
  const values = parse(await read(`${chart}/values.yaml`)) as Tree;
  for (const name of ['maxAwsCallsInFlight', 'awsIssueRate', 'awsGetRate', 'awsDescribeRate', 'logLevel', 'logFormat', 'clusterName'] as const) {
    assert.equal(String(values[name]), table[name].default, name);
  }
});

test('the default memory limit leaves a quarter above the highest that was measured, and no CPU limit is set', async () => {
  const { resources } = parse(await read(`${chart}/values.yaml`)) as { readonly resources: { readonly limits: Tree; readonly requests: Tree } };
  const { measurements } = JSON.parse(await read('docs/benchmark.json')) as { readonly measurements: readonly { readonly controller: string; readonly rssBytes: { readonly peak: number } }[] };
  const peak = Math.max(...measurements.filter(({ controller }) => controller === 'ours').map(({ rssBytes }) => rssBytes.peak));
  const bytes = (quantity: unknown) => Number(/^(\d+)Mi$/.exec(String(quantity))?.[1]) * 2 ** 20;
  assert.ok(bytes(resources.limits['memory']) * 0.75 >= peak, `the limit is too low for ${peak} bytes`);
  assert.deepEqual(Object.keys(resources.limits), ['memory']);
  // Where the defaults of aws-privateca-issuer count as unset, the template stands in with the same numbers.
  const template = await read(`${chart}/templates/_resources.tpl`);
  assert.deepEqual([...template.matchAll(/set \$(\w+) "memory" "(\w+)"/g)].map(([, where, what]) => [where, what]), [['limits', resources.limits['memory']], ['requests', resources.requests['memory']]]);
});

test('helm test and the roles name the lease that the controller takes, and the case monitoring leaves out an alert that exists', async () => {
  for (const file of ['tests/leader.yaml', '_rules.tpl']) assert.ok((await read(`${chart}/templates/${file}`)).includes(leaseName), file);
  const { prometheusRule } = await caseOf('monitoring') as { readonly prometheusRule: { readonly disabled: readonly string[] } };
  assert.ok(prometheusRule.disabled.every((name) => alerts.some((alert) => alert.name === name)));
});

test('the links of the alerts are the same by default as in the docs, follow the value, and go where it is empty', async () => {
  const { prometheusRule } = parse(await read(`${chart}/values.yaml`)) as { readonly prometheusRule: { readonly runbookUrl: string } };
  assert.equal(prometheusRule.runbookUrl, runbooks);
  const linksIn = async (name: string) => (await read(`config/chart/golden/${name}.yaml`)).match(/(?<=runbook_url: ).*(?=#)/g) ?? [];
  const own = await linksIn('monitoring');
  assert.ok(own.length > 10);
  assert.deepEqual([...new Set(own)], ['https://wiki.example.com/pca-issuer/troubleshooting']);
  assert.deepEqual(await linksIn('every-value'), []);
});

test('each case says in its first line what it is for, and has a golden file', async () => {
  for (const name of await caseNames(root)) {
    assert.match(await read(`${casesFolder}/${name}.yaml`), /^# \w.*[.]\n/, name);
    assert.match(await read(`config/chart/golden/${name}.yaml`), /^# \w/, name);
  }
});

test('no right to list or watch Secrets, and no write to issuers but their status, is in any golden file', async () => {
  interface Rule { readonly resources?: readonly string[]; readonly verbs?: readonly string[] }
  for (const name of ['default', ...await caseNames(root)]) {
    const text = await read(`config/chart/golden/${name}.yaml`);
    const rules = text.split(/^---.*\n/m).flatMap((part) => ((parse(part) as { readonly rules?: readonly Rule[] } | null)?.rules ?? []));
    for (const { resources, verbs } of rules) {
      // Of a role that is known only what differs is shown; verbs alone could not be judged.
      assert.equal(verbs === undefined, resources === undefined, name);
      if (resources?.includes('secrets') === true) assert.deepEqual(verbs, ['get'], name);
      if (resources?.some((resource) => resource === 'awspcaissuers' || resource === 'awspcaclusterissuers') === true) assert.deepEqual(verbs, ['get', 'list', 'watch'], name);
    }
  }
});
