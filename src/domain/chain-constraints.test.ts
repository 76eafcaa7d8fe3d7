import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readCertificate } from '../pki/certificate.ts';
import type { NameRule } from '../pki/constraints.ts';
import { constraintFault, hindrancesOf, tierOf, type Tier, unconstrained } from './chain-constraints.ts';
import { plan } from './plan.ts';
import { caChains, leafChains, leavesRefusedByGo, type ConstrainedChain } from './test-constraints.ts';
import { aCsr, aPlanInput, aRequest, someFacts } from './test-values.ts';

function tiersOf({ leaf, subordinate, root }: ConstrainedChain): readonly [Tier, ...Tier[]] {
  const tier = ({ der }: { readonly der: Uint8Array }): Tier => tierOf(readCertificate(der));
  return [tier(leaf), tier(subordinate), tier(root)];
}

describe('what the CAs above a certificate forbid speaks against it, and names CA and way out', () => {
  for (const [kind, chains] of [['a CA', caChains], ['a leaf', leafChains]] as const) {
    for (const chain of chains) {
      test(`${kind}: ${chain.what}`, () => {
        const [leaf, ...above] = tiersOf(chain);
        const fault = constraintFault(leaf, above);
        if (chain.says === undefined) assert.equal(fault, undefined);
        else assert.match(`: ${fault}`, chain.says);
      });
    }
  }
});

describe('what only Go refuses is no fault of a leaf, and told', () => {
  for (const chain of leavesRefusedByGo) {
    test(chain.what, () => {
      const [leaf, ...above] = tiersOf(chain);
      assert.equal(constraintFault(leaf, above), undefined);
      assert.match(hindrancesOf(leaf, above)[0]?.what ?? '', chain.says ?? /^$/);
    });
  }
});

test('a CA that changes its key does not count on the way to policies', () => {
  const [leaf, subordinate, root] = tiersOf(caChains.find(({ what }) => what === 'policies of workloads') ?? assert.fail());
  assert.ok(subordinate !== undefined && root !== undefined);
  const rekeyed: Tier = { ...subordinate, isSelfIssued: true };
  assert.equal(constraintFault(leaf, [{ ...rekeyed, constraints: leaf.constraints }, { ...subordinate, constraints: { ...subordinate.constraints, policiesAfter: 3 } }, root]), undefined);
  assert.match(constraintFault(leaf, [{ ...rekeyed, constraints: leaf.constraints }, subordinate, root]) ?? '', /demands certificate policies/);
});

test('where the chain of the CA is known, a request that it forbids waits before anything is bought', () => {
  // The templates take no extension of the CSR, so that there it says nothing.
  for (const chain of [...caChains, ...leafChains].filter(({ what }) => what !== 'policies demanded by itself')) {
    const [{ isCA, sans, constraints }, ...tiers] = tiersOf(chain);
    const request = isCA ? aRequest() : aRequest({ isCA, usages: ['server auth', 'client auth'] });
    const planning = plan(aPlanInput({ request, csr: aCsr({ sans, constraints }), facts: someFacts({ tiers }) }));
    if (chain.says === undefined) {
      assert.equal(planning.kind, 'plan', chain.what);
    } else {
      assert.ok(planning.kind === 'waits' && planning.reason === 'ForbiddenByChain', chain.what);
      assert.match(planning.message, chain.says);
      assert.match(planning.message, /^a certificate of arn:aws:acm-pca:.* could not be used: /);
    }
  }
  assert.equal(plan(aPlanInput({ facts: someFacts({ tiers: undefined }) })).kind, 'plan');
});

/** Counted, because time depends on the machine: what is compared is asked for its base. */
function countedRules(kind: NameRule['kind'], count: number): { readonly rules: readonly NameRule[]; readonly comparisons: () => number } {
  let comparisons = 0;
  const rule = (index: number): NameRule => ({
    kind,
    get base() {
      comparisons += 1;
      return `host${index}.example`;
    },
  });
  return { rules: Array.from({ length: count }, (_, index) => rule(index)), comparisons: () => comparisons };
}

describe('a chain that forbids thousands of names costs no more than others, whoever has made it', () => {
  const [leaf, subordinate] = tiersOf(caChains[0] ?? assert.fail());
  assert.ok(subordinate !== undefined);
  const below = (constraints: Partial<Tier['constraints']>): readonly Tier[] => [{ ...subordinate, constraints: { ...unconstrained, ...constraints } }];

  test('names: more comparisons than verifiers make are a fault of the chain', () => {
    const { rules, comparisons } = countedRules('dns', 4_000);
    const many: Tier = { ...leaf, isCA: false, sans: Array.from({ length: 100 }, (_, index) => ({ kind: 'dns', value: `a${index}.example` })) };
    assert.match(constraintFault(many, below({ excluded: rules })) ?? '', /of CN=sub \(serial .*\) are too many to compare with the names below it.*; name a CA/);
    assert.ok(comparisons() < 1_000, `${comparisons()}`);
    assert.equal(constraintFault({ ...many, sans: many.sans.slice(0, 10) }, below({ excluded: rules })), undefined);
  });

  test('trust domains: whether some room is left among thousands of URIs is not asked', () => {
    const { rules, comparisons } = countedRules('uri', 4_000);
    assert.equal(constraintFault(leaf, below({ permitted: rules, excluded: rules })), undefined);
    assert.ok(comparisons() < 1_000, `${comparisons()}`);
  });
});
