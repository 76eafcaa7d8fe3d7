import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeState, parseManifests, type ApiObject } from './objects.ts';

const object: ApiObject = { apiVersion: 'v1', kind: 'A', metadata: { name: 'a' } };

test('every document of a YAML stream is read, and a broken one is refused with its line', () => {
  assert.deepEqual(parseManifests('kind: A\n---\n# nothing\n---\nkind: B\n').map(({ kind }) => kind), ['A', 'B']);
  assert.throws(() => parseManifests('kind: A\nkind: [\n'), /line 2|line 3/);
});

test("an object's state is its conditions in one line, or what there is instead", () => {
  const conditions = [{ type: 'Ready', status: 'False', reason: 'Pending', message: 'waits' }];
  assert.equal(describeState({ ...object, status: { conditions } }), 'Ready=False Pending: waits');
  assert.equal(describeState({ ...object, status: { phase: 'Active' } }), 'it has no conditions; status {"phase":"Active"}');
  assert.equal(describeState(object), 'it has no conditions and no status');
  assert.equal(describeState(undefined), 'it does not exist');
});
