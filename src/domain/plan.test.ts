import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unconstrained } from './chain-constraints.ts';
import { plan, type Plan, type PlanInput } from './plan.ts';
import { aCsr, anIssuerConfig, aPlanInput, aRequest, someFacts } from './test-values.ts';

function planned(changes: Partial<PlanInput> = {}): Plan {
  const planning = plan(aPlanInput(changes));
  assert.ok(planning.kind === 'plan', JSON.stringify(planning));
  return planning.plan;
}

function refusal(changes: Partial<PlanInput>): { readonly kind: string; readonly reason: string; readonly message: string } {
  const planning = plan(aPlanInput(changes));
  assert.ok(planning.kind !== 'plan');
  return planning;
}

const leaf = aRequest({ isCA: false, usages: ['server auth', 'client auth'] });

test('isCA leads to the PathLen0 template, with dates that count from the base', () => {
  const made = planned();
  assert.equal(made.templateArn, 'arn:aws:acm-pca:::template/SubordinateCACertificate_PathLen0/V1');
  assert.equal(made.notBefore.toISOString(), '2026-11-22T09:45:05.000Z');
  assert.equal(made.notAfter.toISOString(), '2027-02-20T10:00:05.000Z');
  assert.deepEqual(made.expected.keyUsages, ['digital signature', 'cert sign', 'crl sign']);
  assert.equal(made.expected.pathLength, 0);
});

test('the token is the same for the same intent and another for any other', () => {
  const first = planned().token;
  assert.match(first, /^[0-9a-f]{36}$/);
  assert.equal(planned().token, first);
  const others = [
    planned({ request: aRequest({ uid: 'another' }) }),
    planned({ csr: aCsr({ sha256: 'dd'.repeat(32) }) }),
    planned({ base: new Date('2026-11-22T11:00:00Z') }),
    planned({ generation: 1 }),
    planned({ facts: someFacts({ signingAlgorithm: 'SHA512WITHRSA' }) }),
    planned({ issuer: anIssuerConfig({ notBeforeOffsetMs: 0 }) }),
    planned({ issuer: anIssuerConfig({ templateName: 'SubordinateCACertificate_PathLen0/V2' }) }),
  ].map(({ token }) => token);
  assert.equal(new Set([first, ...others]).size, others.length + 1);
});

test('other usages pass through the blank template, with the values of the approved request', () => {
  const request = aRequest({ isCA: false, usages: ['signing', 'server auth', 'timestamping'] });
  const made = planned({ request });
  assert.deepEqual(made.passthrough, { keyUsages: ['digital signature'], extendedKeyUsages: ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.8'] });
  assert.deepEqual(made.expected.extendedKeyUsages, made.passthrough?.extendedKeyUsages);
});

test('a default template of the other class waits for the issuer, unless it may override isCA', () => {
  const templateName = 'EndEntityCertificate/V1';
  const waits = refusal({ issuer: anIssuerConfig({ templateName }) });
  assert.deepEqual([waits.kind, waits.reason], ['waits', 'TemplateMismatch']);
  assert.match(waits.message, /overrideIsCA/);
  assert.equal(planned({ issuer: anIssuerConfig({ templateName, overridesIsCA: true }) }).expected.isCA, false);
});

test('keys that AWS does not certify fail the request by name', () => {
  for (const name of ['Ed25519', 'RSA-1024', 'P-224']) {
    const fault = refusal({ csr: aCsr({ publicKey: { kind: 'other', name, spkiDer: new Uint8Array(), spkiSha256: '' } }) });
    assert.deepEqual([fault.kind, fault.reason], ['impossible', 'UnsupportedKey']);
    assert.match(fault.message, new RegExp(name));
  }
});

test('an extension that the template would drop fails the request by name', () => {
  const csr = aCsr({ otherExtensions: [{ oid: '2.5.29.30', name: 'name constraints', isCritical: true }] });
  const fault = refusal({ csr });
  assert.deepEqual([fault.kind, fault.reason], ['impossible', 'UnsupportedExtension']);
  assert.match(fault.message, /name constraints \(2\.5\.29\.30\)/);
  assert.ok(planned({ csr, issuer: anIssuerConfig({ templateName: 'SubordinateCACertificate_PathLen0_CSRPassthrough/V1' }) }));
});

test('an extension of the CSR that nobody could read fails the request only where the certificate would carry it', () => {
  const broken = (unreadable: string) => aCsr({ constraints: { ...unconstrained, unreadable } });
  const [facts, issuer] = [someFacts({ tiers: [] }), anIssuerConfig({ templateName: 'SubordinateCACertificate_PathLen0_CSRPassthrough/V1' })];
  const fault = refusal({ csr: broken('certificate policies'), facts, issuer });
  assert.deepEqual([fault.kind, fault.reason], ['impossible', 'InvalidCSR']);
  assert.match(fault.message, /certificate policies of the CSR/);
  assert.equal(plan(aPlanInput({ csr: broken('certificate policies'), facts })).kind, 'plan');
  // AWS writes its own.
  for (const name of ['subject key identifier', 'authority key identifier', 'CRL distribution points']) assert.equal(plan(aPlanInput({ csr: broken(name), facts, issuer })).kind, 'plan', name);
});

test('a CSR that asks for CA:TRUE while isCA is false fails', () => {
  const fault = refusal({ request: leaf, csr: aCsr({ basicConstraints: { isCA: true, pathLength: undefined } }) });
  assert.deepEqual([fault.kind, fault.reason], ['impossible', 'ContradictoryRequest']);
});

test('a CSR that names nobody, or only in a SAN that is not critical, fails at once', () => {
  const sans = [{ kind: 'uri' as const, value: 'spiffe://cluster.local/ns/a/sa/b' }];
  assert.equal(refusal({ csr: aCsr({ subjectIsEmpty: true }) }).reason, 'InvalidCSR');
  assert.equal(refusal({ csr: aCsr({ subjectIsEmpty: true, sans }) }).reason, 'InvalidCSR');
  assert.ok(planned({ csr: aCsr({ subjectIsEmpty: true, sans, sanIsCritical: true }) }));
});

test('more than seven days on a short-lived CA fail; seven days pass', () => {
  const facts = someFacts({ usageMode: 'SHORT_LIVED_CERTIFICATE' });
  assert.equal(refusal({ facts }).reason, 'DurationTooLong');
  assert.ok(planned({ facts, durationMs: 7 * 86_400_000 }));
});

test('a certificate that would outlive the CA waits, with both dates in the message; nothing is clamped', () => {
  const end = new Date('2027-02-20T10:00:05Z');
  const waits = refusal({ facts: someFacts({ notAfter: end }) });
  assert.deepEqual([waits.kind, waits.reason], ['waits', 'BeyondCertificateAuthority']);
  assert.match(waits.message, /2027-02-20T10:00:05\.000Z.*2027-02-20T10:00:05\.000Z/);
  assert.ok(planned({ request: leaf, facts: someFacts({ notAfter: end }) }), 'a leaf may end with its CA');
  assert.ok(planned({ facts: someFacts({ notAfter: undefined }) }), 'an unknown end skips the check');
});

test('a CA whose path length is used up makes a CA request wait, and signs leaves', () => {
  const facts = someFacts({ pathLength: 0 });
  assert.equal(refusal({ facts }).reason, 'PathLengthExhausted');
  assert.ok(planned({ facts, request: leaf }));
  assert.ok(planned({ facts: someFacts({ pathLength: undefined }) }));
});

test('a CA certificate needs room below its issuing CA, and says how much there is', () => {
  for (const [name, wants] of [['PathLen0', 0], ['PathLen1', 1], ['PathLen2', 2], ['PathLen3', 3]] as const) {
    const issuer = anIssuerConfig({ templateName: `SubordinateCACertificate_${name}/V1` });
    for (const pathLength of [0, 1, 2, 3, 4, undefined]) {
      const planning = plan(aPlanInput({ issuer, facts: someFacts({ pathLength }) }));
      if (wants < (pathLength ?? Infinity)) assert.equal(planning.kind, 'plan', `${name} ${pathLength}`);
      else assert.match(planning.kind === 'waits' ? planning.message : '', new RegExp(`path length ${wants}, but the path length that is left on arn:.* is ${pathLength};`));
    }
  }
});

test('a CA that no mesh can verify makes CA requests wait with that sentence, and signs leaves', () => {
  const chains = [
    { keyAlgorithm: 'ML_DSA_44', signingAlgorithm: 'ML_DSA_44' },
    { keyAlgorithm: 'ML_DSA_87', signingAlgorithm: 'ML_DSA_87' },
    { keyAlgorithm: 'SM2', signingAlgorithm: 'SM3WITHSM2' },
    { keyAlgorithm: undefined, signingAlgorithm: 'ML_DSA_65' },
    { unverifiableKey: 'ML_DSA_65' },
  ];
  for (const chain of chains) {
    const facts = someFacts(chain);
    const waits = refusal({ facts });
    assert.deepEqual([waits.kind, waits.reason], ['waits', 'UnsupportedByMesh']);
    assert.match(waits.message, /(?:ML_DSA_\d\d|SM2), which Envoy, istiod and ztunnel cannot verify/);
    assert.equal(planned({ facts, request: leaf }).signingAlgorithm, facts.signingAlgorithm);
  }
  for (const signingAlgorithm of ['SHA256WITHRSA_PSS', 'SHA384WITHRSA_PSS', 'SHA512WITHRSA_PSS']) {
    assert.equal(planned({ facts: someFacts({ signingAlgorithm }) }).signingAlgorithm, signingAlgorithm);
  }
});

test('what a template does not give is a note, never a refusal', () => {
  const request = aRequest({ isCA: false, usages: ['digital signature', 'server auth'] });
  const made = planned({ request, issuer: anIssuerConfig({ templateName: 'EndEntityClientAuthCertificate/V1' }) });
  assert.match(made.notes.join(), /1\.3\.6\.1\.5\.5\.7\.3\.1/);
  assert.match(planned({ request: leaf, durationMs: 30 * 60_000 }).notes.join(), /notBeforeOffset/);
});
