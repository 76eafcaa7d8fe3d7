import assert from 'node:assert/strict';
import { test } from 'node:test';
import { controllerRuntimeCounters, controllerRuntimeGauges, controllerRuntimeHistograms } from '../../src/observe/controller-runtime-metrics.ts';
import { ourCounters, ourGauges, ourHistograms } from '../../src/observe/our-metrics.ts';
import { dashboard } from './dashboard.ts';
import { queries, rows } from './dashboard-panels.ts';

interface Placed {
  readonly id: number;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
}

const namesIn = (expression: string): readonly string[] => [...expression.matchAll(/\b(?:pca_issuer|controller_runtime|workqueue|rest_client|leader_election|process|nodejs)_\w+/g)].map(([name]) => name.replace(/_bucket$/, ''));
const used = new Set(queries.flatMap(({ expression }) => namesIn(expression)));

test('every metric of our own is on the dashboard, and none that is not there', () => {
  const own = [ourCounters, ourHistograms, ourGauges].flatMap((table) => Object.keys(table));
  assert.deepEqual(own.filter((name) => !used.has(name)), []);
  const known = new Set([...own, ...[controllerRuntimeCounters, controllerRuntimeHistograms, controllerRuntimeGauges].flatMap((table) => Object.keys(table))]);
  assert.deepEqual([...used].filter((name) => !known.has(name) && !/^(?:process|nodejs)_/.test(name)), []);
});

test('every query asks for the chosen job alone', () => {
  for (const { expression } of queries) assert.equal(expression.split('job=~"$job"').length - 1, namesIn(expression).length, expression);
});

test('no two panels cover each other, none reaches over the edge, and each has an id and a title of its own', () => {
  const { panels } = JSON.parse(dashboard()) as { readonly panels: readonly Placed[] };
  const cells = new Set<string>();
  for (const { gridPos: { x, y, w, h } } of panels) {
    assert.ok(x + w <= 24);
    for (let column = x; column < x + w; column++) {
      for (let line = y; line < y + h; line++) {
        assert.ok(!cells.has(`${column} ${line}`), `two panels cover ${column} ${line}`);
        cells.add(`${column} ${line}`);
      }
    }
  }
  assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
  const titles = rows.flatMap((row) => row.panels.map(({ title }) => title));
  assert.equal(new Set(titles).size, titles.length);
});
