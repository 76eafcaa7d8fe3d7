// verify names what is wrong with each `cacerts` that test-faults.ts plants, and nothing else.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { findingNames, type FindingName } from './finding.ts';
import { plantedFaults } from './test-faults.ts';
import { namesOf } from './test-mesh.ts';

const seen = new Set<FindingName>();

for (const [what, inputs, expected, more] of plantedFaults) {
  test(`${what}: ${expected.join(', ')}`, () => {
    const names = namesOf(inputs, more);
    for (const name of names) seen.add(name);
    assert.deepEqual(names, expected.toSorted());
  });
}

after(() => {
  // That would be a fault of our own.
  assert.deepEqual(findingNames.filter((name) => !seen.has(name)), ['counter-check-failed'], 'no row plants it');
});
