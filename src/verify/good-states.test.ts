import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { TestKeyType } from '../pki/test-keys.ts';
import { allFindings, exitCodeOf, verifyClusters } from './report.ts';
import { cluster, day, keyOf, makeIntermediate, makeRoot, makeSubordinate, namesOf, options, pems, secretOf, threeTiers } from './test-mesh.ts';

for (const type of ['RSA-2048', 'P-256', 'P-384', 'P-521', 'Ed25519'] as const satisfies readonly TestKeyType[]) {
  test(`three tiers and two of ${type} keys in two clusters are good, and each accepts the other`, () => {
    const { root, sub, intermediate } = threeTiers(type);
    const direct = makeIntermediate(root, { subject: 'cluster-b.istio-ca', key: type });
    const handedOut = [{ namespace: 'istio-system', text: pems(root) }];
    const report = verifyClusters([cluster('a', secretOf(intermediate, [sub], [root]), { handedOut }), cluster('b', secretOf(direct, [], [root]), { handedOut })], options);
    assert.deepEqual(allFindings(report), []);
    assert.deepEqual(report.passages.map(({ from, to, result }) => `${from} ${to} ${result}`), ['a b accepted', 'b a accepted']);
    assert.equal(exitCodeOf(report), 0);
  });
}

const { root, sub, intermediate } = threeTiers();

test('four tiers and an RSA root above EC keys are good', () => {
  const top = makeRoot('Acme Root', { key: 'RSA-2048' });
  const policy = makeSubordinate(top, { subject: 'Acme Policy', pathLength: 2 });
  const issuing = makeSubordinate(policy);
  assert.deepEqual(namesOf([cluster('a', secretOf(makeIntermediate(issuing), [issuing, policy], [top]))]), []);
});

test('additional trust anchors are good while the root is being changed: when that is said, or when another cluster stands on the other root', () => {
  const next = makeRoot('Next Root');
  const moved = makeIntermediate(next, { subject: 'cluster-b.istio-ca' });
  const both = [root, next];
  const before = cluster('a', secretOf(intermediate, [sub], both), { handedOut: [{ namespace: 'istio-system', text: pems(next, root) }] });
  const after = cluster('b', secretOf(moved, [], both));
  assert.deepEqual(namesOf([before, after]), []);
  assert.deepEqual(namesOf([before], { isMultiRoot: true }), []);
  assert.deepEqual(namesOf([after, cluster('c', secretOf(intermediate, [sub], [root]))], { isMultiRoot: true }), ['peer-refuses']);
});

test('the older layout is read as istiod reads it, with the root at the end of its chain', () => {
  const data = { 'ca-cert.pem': pems(intermediate), 'ca-key.pem': keyOf(intermediate), 'cert-chain.pem': pems(intermediate, sub, root), 'root-cert.pem': pems(root) };
  assert.deepEqual(namesOf([cluster('a', data)]), []);
});

test('a renewal that is due this very minute is no finding, and neither is an unknown one', () => {
  assert.deepEqual(namesOf([cluster('a', secretOf(intermediate, [sub], [root]), { renewBeforeMs: 80 * day })]), []);
  assert.deepEqual(namesOf([cluster('a', secretOf(intermediate, [sub], [root]), { renewBeforeMs: undefined })]), []);
});

test('whatever lies in a Secret, verify answers, and no answer holds anything of the key', () => {
  const good = secretOf(intermediate, [sub], [root]);
  const body = good['tls.key']!.split('\n').slice(1, -2);
  const text = fc.oneof(fc.constantFrom('', '\n', ...Object.values(good)), fc.string(), fc.constantFrom(...Object.values(good)).chain((whole) => fc.nat(whole.length).map((at) => whole.slice(0, at))));
  const names = fc.constantFrom('tls.crt', 'tls.key', 'ca.crt', 'ca-cert.pem', 'cert-chain.pem', 'root-cert.pem', 'ca-key.pem');
  fc.assert(
    fc.property(fc.dictionary(names, text), text, (data, handedOut) => {
      const report = verifyClusters([cluster('a', data, { handedOut: [{ namespace: 'x', text: handedOut }] }), cluster('b', good)], options);
      const said = allFindings(report).map(({ about, what, todo }) => `${about} ${what} ${todo}`).join('\n');
      assert.ok(body.every((line) => !said.includes(line)));
      const isWhole = data['tls.crt'] === good['tls.crt'] && data['tls.key'] === good['tls.key'] && data['ca.crt'] === good['ca.crt'];
      if (!isWhole) assert.equal(exitCodeOf(report), 1);
    }),
    { numRuns: 150 },
  );
});
