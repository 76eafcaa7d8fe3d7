import assert from 'node:assert/strict';
import { test } from 'node:test';
import { difference, gone } from './difference.ts';

test('what is equal is left out, whatever the order of its keys', () => {
  assert.equal(difference({ a: 1, b: [{ c: 2 }] }, { b: [{ c: 2 }], a: 1 }), undefined);
});

test('what is new, other or gone is shown, and no more', () => {
  assert.deepEqual(difference({ a: 1, b: { c: 1, d: 2 }, e: 3 }, { a: 1, b: { c: 5, d: 2 }, f: null }), { b: { c: 5 }, e: gone, f: null });
});

test('lists are compared by entry where they are maps and as many, else shown whole', () => {
  assert.deepEqual(difference([{ a: 1 }, { b: 2 }], [{ a: 1 }, { b: 3 }]), ['=', { b: 3 }]);
  assert.deepEqual(difference(['a', 'b'], ['a', 'c']), ['a', 'c']);
  assert.deepEqual(difference([{ a: 1 }], [{ a: 1 }, { b: 1 }]), [{ a: 1 }, { b: 1 }]);
});
