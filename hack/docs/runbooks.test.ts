// Whom an alert wakes finds an entry under its name, and the alert's own link leads there.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { alerts } from '../generate/metric-alerts.ts';
import { headingsOf, sectionsOf } from './markdown.ts';

const root = path.join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

interface Rule {
  readonly alert: string;
  readonly annotations: { readonly summary: string; readonly runbook_url: string };
}

const { groups } = parse(read('config/chart/pca-issuer/files/alerts.yaml')) as { readonly groups: readonly { readonly rules: readonly Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);

test('every alert has an entry in docs/troubleshooting.md, and no entry is for an alert that is gone', () => {
  const group = sectionsOf(read('docs/troubleshooting.md'), 2).get('Alerts') ?? assert.fail('there is no group of alerts');
  const entries = [...sectionsOf(`## Alerts\n${group}`, 3).keys()];
  assert.deepEqual(entries.toSorted(), alerts.map(({ name }) => name).toSorted());
  assert.deepEqual(rules.map(({ alert }) => alert).toSorted(), entries.toSorted());
});

test('the link of an alert leads to its entry', () => {
  for (const { alert, annotations: { runbook_url: url } } of rules) {
    const [, file = '', heading = ''] = /\/(docs\/[\w.-]+\.md)#([\w-]+)$/.exec(url) ?? assert.fail(`${alert}: ${url}`);
    assert.ok(headingsOf(read(file)).has(heading), `${alert}: ${url}`);
    assert.equal(heading, alert.toLowerCase());
  }
});
