import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '../..');
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };

interface Workflow {
  readonly permissions?: object;
  readonly jobs: Record<string, { readonly 'timeout-minutes'?: number; readonly strategy?: { readonly matrix: { readonly lane: readonly string[] } }; readonly steps: readonly Step[] }>;
}

interface Step {
  readonly uses?: string;
  readonly run?: string;
}

const workflows = globSync('.github/workflows/*.yaml', { cwd: root }).map((file) => ({ file, workflow: parse(readFileSync(join(root, file), 'utf8')) as Workflow }));
const steps = workflows.flatMap(({ workflow }) => Object.values(workflow.jobs).flatMap((job) => job.steps));

test('every npm script that a workflow runs exists', () => {
  const lanes = workflows.flatMap(({ workflow }) => Object.values(workflow.jobs).flatMap(({ strategy }) => strategy?.matrix.lane ?? []));
  const named = [...lanes, ...steps.flatMap(({ run = '' }) => [...run.matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name))];
  assert.ok(named.length >= 7, `${named.length} scripts`);
  assert.deepEqual(named.filter((name) => scripts[name] === undefined), []);
});

test('every workflow says which rights it has and each job how long it may take', () => {
  assert.equal(workflows.length, 2);
  for (const { file, workflow } of workflows) {
    assert.ok(workflow.permissions !== undefined, file);
    for (const [name, job] of Object.entries(workflow.jobs)) assert.ok((job['timeout-minutes'] ?? 0) > 0, `${file}: ${name}`);
  }
});

test('every action is named with a version', () => {
  for (const { uses } of steps) if (uses !== undefined) assert.match(uses, /^[\w-]+\/[\w-]+@v\d+$/);
});
