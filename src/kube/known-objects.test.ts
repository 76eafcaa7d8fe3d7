import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '../domain/json.ts';
import type { Fields, Logger } from '../runtime/ports.ts';
import { KnownObjects, type Change } from './known-objects.ts';

function makeScene(onChange: (change: Change<string>) => void = () => undefined) {
  const errors: (Fields | undefined)[] = [];
  const logger: Logger = { debug() {}, info() {}, warn() {}, error: (_message, fields) => void errors.push(fields), with: () => logger };
  const told: string[] = [];
  const objects = new KnownObjects<string>({
    logger,
    read(object) {
      const { kind } = object;
      if (kind === 'poison') throw new Error('unreadable');
      return kind === 'foreign' ? undefined : String(kind);
    },
    isKept: (entry) => entry !== 'finished',
    onChange(change) {
      told.push(`${change.type} ${change.key.namespace}/${change.key.name} ${change.entry}`);
      onChange(change);
    },
  });
  const names = (): string => [...objects.values()].map(({ key }) => key.name).join(' ');
  return { objects, told, errors, names };
}

const object = (name: string, kind: string, namespace?: string): Json => ({ metadata: { name, namespace }, kind });

test('what is learned is told as added, then as modified, and what is forgotten with its last entry', () => {
  const { objects, told, names } = makeScene();
  assert.equal(objects.learn(object('a', 'one', 'apps')), 'apps/a');
  objects.learn(object('a', 'two', 'apps'));
  objects.learn(object('a', 'cluster-wide'));
  objects.forget(object('a', 'three', 'apps'));
  objects.forget(object('never-seen', 'x'));
  assert.deepEqual(told, ['added apps/a one', 'modified apps/a two', 'added /a cluster-wide', 'deleted apps/a two']);
  assert.equal(names(), 'a');
});

test('a namesake that was made unseen is told as added, after the end of the one before', () => {
  const { objects, told } = makeScene();
  const withUid = (uid: string, kind: string): Json => ({ metadata: { name: 'a', namespace: 'apps', uid }, kind });
  objects.learn(withUid('1', 'one'));
  objects.learn(withUid('2', 'two'));
  objects.learn(withUid('2', 'three'));
  assert.deepEqual(told, ['added apps/a one', 'deleted apps/a one', 'added apps/a two', 'modified apps/a three']);
});

test('what need not be kept is told, and forgotten at once', () => {
  const { objects, told, names } = makeScene();
  assert.equal(objects.learn(object('a', 'finished')), undefined);
  objects.learn(object('b', 'ours'));
  assert.equal(objects.learn(object('b', 'finished')), undefined);
  assert.equal(names(), '');
  objects.forget(object('b', 'finished'));
  objects.retain(new Set());
  assert.deepEqual(told, ['added /a finished', 'added /b ours', 'modified /b finished']);
});

test('a namesake of a finished one is told as added', () => {
  const { objects, told } = makeScene();
  const withUid = (uid: string, kind: string): Json => ({ metadata: { name: 'a', namespace: 'apps', uid }, kind });
  objects.learn(withUid('1', 'finished'));
  objects.learn(withUid('2', 'open'));
  assert.deepEqual(told, ['added apps/a finished', 'added apps/a open']);
});

test('an object that is not ours is never told, and one that ceases to be ours is deleted', () => {
  const { objects, told } = makeScene();
  assert.equal(objects.learn(object('a', 'foreign')), undefined);
  objects.learn(object('b', 'ours'));
  objects.learn(object('b', 'foreign'));
  assert.deepEqual(told, ['added /b ours', 'deleted /b ours']);
});

test('what a list does not name was deleted', () => {
  const { objects, told, names } = makeScene();
  for (const name of ['a', 'b', 'c']) objects.learn(object(name, 'ours'));
  objects.retain(new Set(['/b']));
  assert.equal(names(), 'b');
  assert.deepEqual(told.slice(3), ['deleted /a ours', 'deleted /c ours']);
});

test('a listener that throws is reported, and the object is known all the same', () => {
  const { objects, errors, names } = makeScene(() => {
    throw new Error('listener');
  });
  objects.learn(object('a', 'ours'));
  assert.equal(names(), 'a');
  assert.match(String(errors[0]?.['stack']), /Error: listener/);
});

test('an object that cannot be read is reported and counts as not ours', () => {
  const { objects, errors, names } = makeScene();
  objects.learn(object('a', 'ours'));
  objects.learn(object('a', 'poison'));
  assert.equal(names(), '');
  assert.match(String(errors[0]?.['stack']), /Error: unreadable/);
});
