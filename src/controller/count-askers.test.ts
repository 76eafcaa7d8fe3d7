import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fail, succeed } from '../domain/failure.ts';
import { readPolicy } from '../domain/request-policy.ts';
import { makeCountAskers } from './count-askers.ts';
import type { Namespaces } from './ports.ts';
import { failure } from './test-world.ts';

const signal = new AbortController().signal;
const cluster: Namespaces = {
  labels: async () => fail(failure('bug')),
  count: async () => succeed(23),
  selected: async () => succeed(['a', 'b', 'c']),
};
const namespaceSelector = { matchLabels: { mesh: 'true' } };

const count = (policy: Parameters<typeof readPolicy>[0], watched: readonly string[] = [], namespaces = cluster) => makeCountAskers(namespaces, watched)(readPolicy(policy), signal);

test('who may ask is counted: all, those that the policy serves, and of them those that are watched', async () => {
  assert.deepEqual(await count({}), { areAll: true, count: 23 });
  assert.deepEqual(await count({ namespaces: ['a', 'x'] }), { areAll: false, count: 2 });
  assert.deepEqual(await count({ namespaceSelector }), { areAll: false, count: 3 });
  assert.deepEqual(await count({ namespaces: ['a', 'x'], namespaceSelector }), { areAll: false, count: 4 }, 'a is not counted twice');
  assert.deepEqual(await count({}, ['a', 'y']), { areAll: false, count: 2 });
  assert.deepEqual(await count({ namespaces: ['a', 'x'] }, ['a', 'y']), { areAll: false, count: 1 });
  assert.deepEqual(await count({ namespaces: ['x'] }, ['y']), { areAll: false, count: 0 });
});

test('a number that cannot be had is left out', async () => {
  const blind: Namespaces = { ...cluster, count: async () => fail(failure('unauthorised')), selected: async () => succeed(undefined) };
  assert.deepEqual(await count({}, [], blind), { areAll: true, count: undefined });
  assert.deepEqual(await count({ namespaceSelector }, [], blind), { areAll: false, count: undefined });
  assert.deepEqual(await count({ namespaceSelector }, [], { ...cluster, selected: async () => fail(failure('unauthorised')) }), { areAll: false, count: undefined });
});
