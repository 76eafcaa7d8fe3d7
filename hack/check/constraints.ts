// Does the product refuse the chains that crypto/x509 refuses for what their CAs forbid, and no others? Run by `npm run check`.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { constraintFault, hindrancesOf, tierOf } from '../../src/domain/chain-constraints.ts';
import { caChains, chainOf, constraintsExtension, leafChains, leavesRefusedByGo, policyDemand, type ConstrainedChain, type Rule } from '../../src/domain/test-constraints.ts';
import { readCertificate } from '../../src/pki/certificate.ts';
import type { TestCertificateOptions } from '../../src/pki/test-certificates.ts';
import { now, secretOf } from '../../src/verify/test-mesh.ts';
import { dataOf } from '../control-plane/api/secret-data.ts';
import { judge } from '../control-plane/check.ts';

type Chain = Pick<ConstrainedChain, 'leaf' | 'subordinate' | 'root'>;

/** @returns what Go says of the first certificate, as istiod loads it and peers meet its workloads, or as any leaf. */
async function refusedByGo({ leaf, subordinate, root }: Chain, isCA: boolean): Promise<{ readonly byIstiod: boolean; readonly by: string | undefined }> {
  const data = dataOf(secretOf(leaf, [subordinate], [root]));
  try {
    const { checks } = await judge({ data }, { profile: isCA ? 'istio-ca' : 'leaf', at: now });
    const failed = (about: RegExp): string | undefined => checks.find(({ name, holds, detail }) => !holds && about.test(isCA ? name : `${name}: ${detail}`))?.detail;
    const load = failed(/^istiod loads/);
    return { byIstiod: load !== undefined, by: load ?? failed(isCA ? /^a workload certificate/ : /verifies to ca\.crt alone: (?:block 1,|cannot be made)/) };
  } catch (error) {
    return { byIstiod: true, by: String(error) };
  }
}

function faultOf({ leaf, subordinate, root }: Chain, isForGo: boolean): string | undefined {
  const [lowest, ...above] = [leaf, subordinate, root].map(({ der }) => tierOf(readCertificate(der)));
  assert.ok(lowest !== undefined);
  return isForGo ? hindrancesOf(lowest, above)[0]?.what : constraintFault(lowest, above);
}

void describe('crypto/x509 says of every chain what we say', () => {
  for (const [isCA, chains] of [[true, caChains], [false, leafChains], [false, leavesRefusedByGo]] as const) {
    for (const chain of chains) {
      void test(`${isCA ? 'a CA' : 'a leaf'}: ${chain.what}`, async () => {
        const { by } = await refusedByGo(chain, isCA);
        if (chain.isBeyondGo !== true) assert.equal(by !== undefined, chain.says !== undefined, by ?? 'Go takes it');
      });
    }
  }
});

const domains = ['a.example', 'b.a.example', '.a.example', 'example', '.example', 'cluster.local', '.local', 'local', '*.a.example', ''];
const mailboxes = ['x@a.example', 'X@A.example', 'x@b.a.example'];
const addresses = ['10.1.2.3', '11.1.2.3', '2001:db8::1', '::1', 'fe80::1:2'];
const ranges = ['0a000000ff000000', '0b010203ffffffff', '0000000000000000', `20010db8${'0'.repeat(24)}ffffffff${'0'.repeat(24)}`, '0'.repeat(64), '0a00', '0a000000ff0000ff'];
const rule: fc.Arbitrary<Rule> = fc.oneof(
  fc.constantFrom(...domains).map((base): Rule => ['dns', base]),
  fc.constantFrom(...domains.filter((each) => !each.startsWith('*'))).map((base): Rule => ['uri', base]),
  fc.constantFrom(...domains.filter((each) => !each.startsWith('*')), ...mailboxes).map((base): Rule => ['email', base]),
  fc.constantFrom(...ranges).map((base): Rule => ['ip', base]),
  fc.constant<Rule>(['other', '300c310a300806035504030c0178']),
);
const name = fc.oneof(
  fc.constantFrom('a.example', 'c.a.example', '*.a.example', '*.example', 'example', 'xa.example', 'a.example.').map((value) => ({ kind: 'dns' as const, value })),
  fc.constantFrom('spiffe://cluster.local/x', 'https://u@B.a.example:80/', 'urn:x', 'https://10.0.0.1/', 'https://a.example').map((value) => ({ kind: 'uri' as const, value })),
  fc.constantFrom(...mailboxes, 'nobody').map((value) => ({ kind: 'email' as const, value })),
  fc.constantFrom(...addresses).map((value) => ({ kind: 'ip' as const, value })),
);
const rarely = <T>(arbitrary: fc.Arbitrary<T>, weight: number): fc.Arbitrary<readonly T[]> => fc.oneof({ weight: 10, arbitrary: fc.constant([]) }, { weight, arbitrary: arbitrary.map((each) => [each]) });
const constraints = fc.record({ permitted: fc.array(rule, { maxLength: 3 }), excluded: fc.array(rule, { maxLength: 1 }), isCritical: fc.boolean() }).map(constraintsExtension);
const tier = fc.record({
  extraExtensions: fc.tuple(rarely(constraints, 10), rarely(fc.integer({ min: 0, max: 4 }).map(policyDemand), 2)).map((lists) => lists.flat()),
  sans: fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.array(name, { minLength: 1, maxLength: 2 }) }),
}) satisfies fc.Arbitrary<TestCertificateOptions>;

void test('whatever CAs forbid: what we publish as a CA istiod loads, and what we refuse Go or a stricter peer refuses', async () => {
  const seen = { published: 0, refused: 0, agreed: 0 };
  await fc.assert(
    fc.asyncProperty(fc.boolean(), tier, tier, tier, async (isCA, leaf, sub, top) => {
      const chain = chainOf(isCA, { leaf: isCA ? leaf : { sans: leaf.sans }, sub, top });
      const [fault, { byIstiod, by }] = [faultOf(chain, true), await refusedByGo(chain, isCA)];
      if (fault === undefined) {
        seen.published += 1;
        assert.equal(isCA ? byIstiod : by !== undefined, false, by);
        return;
      }
      seen.refused += 1;
      if (by !== undefined) seen.agreed += 1;
      // Of a domain in a constraint on URIs or email addresses others take no subdomains; and no workload of cluster.local has a name there.
      else assert.match(fault, /do not allow the (?:URI|email address)|leave no room for any/, 'Go takes it');
    }),
    { numRuns: 400 },
  );
  assert.ok(seen.published > 50 && seen.agreed > 100, JSON.stringify(seen));
});
