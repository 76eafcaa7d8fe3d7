import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readDocuments } from './documents.ts';
import { makeRandom } from './random.ts';
import { shrink } from './shrink.ts';
import { isExpected, makeTargets } from './targets.ts';

const targets = makeTargets(readDocuments());

describe('the fuzzer', () => {
  test('makes the same input from the same seed and number, and others from others', () => {
    const made = (seed: number, index: number): string => {
      const random = makeRandom(seed, index);
      const target = random.pick(targets);
      return `${target.name} ${target.make(random).toString('base64')}`;
    };
    assert.equal(made(7, 42), made(7, 42));
    assert.equal(new Set([made(7, 42), made(7, 43), made(8, 42)]).size, 3);
  });

  test('finds nothing in its first inputs, and readers take some of each target', () => {
    const taken = new Set<string>();
    for (let index = 0; index < 600; index += 1) {
      const random = makeRandom(1, index);
      const target = random.pick(targets);
      try {
        target.read(target.make(random));
        taken.add(target.name);
      } catch (error) {
        assert.ok(isExpected(error), `input ${index} (${target.name}): ${String(error)}`);
      }
    }
    for (const name of ['PEM', 'certificate', 'issuer', 'AWS error', 'DER']) assert.ok(taken.has(name), name);
  });

  test('cuts a finding down to what shows it', () => {
    const input = Buffer.from(`${'x'.repeat(300)}needle${'y'.repeat(500)}`);
    assert.equal(shrink(input, (candidate) => candidate.includes('needle'), Infinity).toString(), 'needle');
  });
});
