import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { RequestPolicy as PolicySpec } from './api.gen.ts';
import { asksForCA, canSignCAs, judgeAsker, needsLabels, readPolicy, type Asker } from './request-policy.ts';

const issuer = 'AWSPCAClusterIssuer mesh-root';
const asker = (changes: Partial<Asker> = {}): Asker => ({ namespace: 'team-b', labels: {}, isCA: false, ...changes });

function verdictOf(spec: PolicySpec, given: Asker = asker()): string {
  const verdict = judgeAsker(readPolicy(spec), issuer, given);
  return verdict.kind === 'allowed' ? 'allowed' : `${verdict.reason}: ${verdict.message}`;
}

test('without a policy everybody may ask for everything', () => {
  assert.equal(verdictOf({}, asker({ isCA: true })), 'allowed');
  assert.equal(verdictOf({ maxCertificatesPerHour: 3 }, asker({ isCA: true })), 'allowed');
});

test('being named or being selected is enough; neither is refused, with the fields that would change it', () => {
  const namespaceSelector = { matchLabels: { mesh: 'true' } };
  const both = { namespaces: ['team-a'], namespaceSelector };
  assert.equal(verdictOf(both, asker({ namespace: 'team-a' })), 'allowed');
  assert.equal(verdictOf(both, asker({ labels: { mesh: 'true' } })), 'allowed');
  assert.equal(
    verdictOf(both),
    `NamespaceNotAllowed: ${issuer} does not serve requests of namespace team-b: its spec.requestPolicy.namespaces does not name it, and its spec.requestPolicy.namespaceSelector does not match its labels; add it to the former, change the labels of the namespace or the selector, or name another issuer`,
  );
  assert.equal(
    verdictOf({ namespaces: ['team-a'] }),
    `NamespaceNotAllowed: ${issuer} does not serve requests of namespace team-b: its spec.requestPolicy.namespaces does not name it; add it there, or name another issuer`,
  );
  assert.equal(
    verdictOf({ namespaceSelector }),
    `NamespaceNotAllowed: ${issuer} does not serve requests of namespace team-b: its spec.requestPolicy.namespaceSelector does not match the labels of the namespace; change the labels of the namespace or the selector, or name another issuer`,
  );
});

test('an empty list names nobody; an empty selector selects everybody', () => {
  assert.match(verdictOf({ namespaces: [] }), /^NamespaceNotAllowed/);
  assert.match(verdictOf({ caNamespaces: [] }, asker({ isCA: true })), /^CANotAllowed/);
  assert.equal(verdictOf({ namespaces: [], namespaceSelector: {} }), 'allowed');
});

test('caNamespaces is asked for CA certificates only, after the question whether the namespace is served at all', () => {
  const spec = { namespaces: ['team-b'], caNamespaces: ['team-a'] };
  assert.equal(verdictOf(spec), 'allowed');
  assert.equal(
    verdictOf(spec, asker({ isCA: true })),
    `CANotAllowed: ${issuer} signs no CA certificates for namespace team-b: its spec.requestPolicy.caNamespaces does not name it; add it there, or ask for a certificate that is no CA's`,
  );
  assert.match(verdictOf(spec, asker({ namespace: 'team-a', isCA: true })), /^NamespaceNotAllowed/);
});

test('a refusal never tells of other namespaces', () => {
  const name = fc.constantFrom('secret-tenant-1', 'secret-tenant-2');
  fc.assert(
    fc.property(fc.option(fc.array(name), { nil: undefined }), fc.option(fc.array(name), { nil: undefined }), fc.boolean(), (namespaces, caNamespaces, isCA) => {
      const verdict = verdictOf({ ...(namespaces && { namespaces }), ...(caNamespaces && { caNamespaces }) }, asker({ isCA }));
      assert.ok(!verdict.includes('secret-tenant'), verdict);
    }),
  );
});

test('labels are needed only where a selector decides', () => {
  const namespaceSelector = {};
  assert.equal(needsLabels(readPolicy({}), 'team-b'), false);
  assert.equal(needsLabels(readPolicy({ namespaces: ['team-a'] }), 'team-b'), false);
  assert.equal(needsLabels(readPolicy({ namespaces: ['team-b'], namespaceSelector }), 'team-b'), false);
  assert.equal(needsLabels(readPolicy({ namespaces: ['team-a'], namespaceSelector }), 'team-b'), true);
});

test('a request asks for a CA by isCA, or by a template of the issuer that wins over it', () => {
  const caTemplate = 'SubordinateCACertificate_PathLen0/V1';
  const cases: readonly (readonly [boolean, string | undefined, boolean, boolean])[] = [
    [true, undefined, false, true],
    [false, undefined, true, false],
    [false, caTemplate, true, true],
    [false, caTemplate, false, false],
    [false, 'EndEntityCertificate/V1', true, false],
    [true, 'EndEntityCertificate/V1', true, true],
  ];
  for (const [isCA, templateName, overridesIsCA, expected] of cases) assert.equal(asksForCA({ isCA }, { templateName, overridesIsCA }), expected);
  assert.deepEqual([undefined, caTemplate, 'EndEntityCertificate/V1'].map((templateName) => canSignCAs({ templateName })), [true, true, false]);
});
