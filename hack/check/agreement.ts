// Does the product's `verify`, which reads with OpenSSL and code of its own, say the same as this tool, which asks crypto/x509 as istiod
// does? Run by `npm run check`, since it takes Go.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { levelOf, type FindingName } from '../../src/verify/finding.ts';
import { exitCodeOf, verifyClusters } from '../../src/verify/report.ts';
import { plantedFaults } from '../../src/verify/test-faults.ts';
import { cluster, namesIn, now, options } from '../../src/verify/test-mesh.ts';
import { dataOf, type Texts } from '../control-plane/api/secret-data.ts';
import { judge } from '../control-plane/check.ts';
import { randomSecret } from './random-secret.ts';

/** What needs more than the three files and the moment, or what istiod takes and proxies refuse: for verify alone to say. */
const beyondGo: ReadonlySet<FindingName> = new Set(['weak-key', 'ends-before-workloads', 'old-root-handed-out']);
/** What the tool wants of what we issue, and istiod does without. */
const wishes = ['path length is', 'key usages are', 'names the key that signed', 'holds no self-signed', 'signed by the next', 'verifies to ca.crt alone', 'refuses it when'];

interface Verdicts {
  readonly all: readonly string[];
  /** Without the wishes. */
  readonly grave: readonly string[];
}

/** @returns the checks that failed. */
async function failuresOf(files: Texts): Promise<Verdicts> {
  try {
    const all = (await judge({ data: dataOf(files) }, { profile: 'istio-ca', at: now })).checks.filter(({ holds }) => !holds).map(({ name, detail }) => `${name}: ${detail}`);
    return { all, grave: all.filter((each) => !wishes.some((wish) => each.split(': ')[0]?.includes(wish))) };
  } catch (error) {
    // Nothing in it that could be described.
    const all = [error instanceof Error ? error.message : String(error)];
    return { all, grave: all };
  }
}

const single = plantedFaults.filter(([, inputs]) => inputs.length === 1);

void test(`of ${plantedFaults.length} planted faults, ${single.length} are one Secret's, and crypto/x509 agrees on each that it can see`, async () => {
  let agreed = 0;
  for (const [what, [input], expected] of single) {
    const { all, grave } = await failuresOf(input?.data ?? {});
    const errors = expected.filter((name) => levelOf(name) === 'error');
    if (errors.some((name) => !beyondGo.has(name))) {
      assert.notDeepEqual(all, [], `${what}: verify says ${errors.join()}, crypto/x509 finds nothing`);
      agreed += 1;
    }
    if (errors.length === 0 && !what.includes('another trust domain')) assert.deepEqual(grave, [], `${what}: verify says ${expected.join()} and good`);
  }
  assert.ok(agreed >= 40, String(agreed));
});

void test('whatever lies in a Secret, verify calls it good exactly if istiod loads it and a peer accepts its workloads', async () => {
  const seen = { good: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(randomSecret, async (data) => {
      const report = verifyClusters([cluster('a', data, { renewBeforeMs: undefined })], options);
      const { all, grave } = await failuresOf(data);
      const errors = namesIn(report).filter((name) => levelOf(name) === 'error' && !beyondGo.has(name));
      seen.good += exitCodeOf(report) === 0 ? 1 : 0;
      seen.refused += errors.length > 0 ? 1 : 0;
      if (exitCodeOf(report) === 0) assert.deepEqual(grave, [], `verify says good, with ${namesIn(report).join()}`);
      if (errors.length > 0) assert.notDeepEqual(all, [], `verify says ${errors.join()}, crypto/x509 finds nothing`);
    }),
    { numRuns: 200 },
  );
  assert.ok(seen.good > 10 && seen.refused > 60, JSON.stringify(seen));
});
