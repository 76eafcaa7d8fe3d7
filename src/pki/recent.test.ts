import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Recent } from './recent.ts';

function makeScene(most: number) {
  const recent = new Recent<string>(most);
  const reads: string[] = [];
  const get = (key: string): string =>
    recent.get(key, () => {
      reads.push(key);
      return key.toUpperCase();
    }, (result) => result !== 'NEVER');
  return { get, reads };
}

test('what comes again is read once, and the oldest goes first', () => {
  const { get, reads } = makeScene(2);
  for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) assert.equal(get(key), key.toUpperCase());
  assert.deepEqual(reads, ['a', 'b', 'c', 'b']);
});

test('what is not worth its place, and what throws, is read each time', () => {
  const { get, reads } = makeScene(2);
  get('never');
  get('never');
  assert.deepEqual(reads, ['never', 'never']);
  const recent = new Recent<string>(2);
  for (let times = 0; times < 2; times++) assert.throws(() => recent.get('bad', () => assert.fail('bad')), /bad/);
});
