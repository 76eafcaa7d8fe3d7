import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alreadyWarns, newWarnings, readWarnings, type IssuerWarning } from './issuer-warnings.ts';

const soon: IssuerWarning = { type: 'ExpiresSoon', status: 'True', reason: 'CertificateAuthorityExpiring', message: 'soon' };
const recheck: IssuerWarning = { type: 'Recheck', status: 'True', reason: 'Unreachable', message: 'later' };
const written = (...warnings: readonly IssuerWarning[]) => readWarnings(warnings.map((each) => ({ ...each, observedGeneration: 2, lastTransitionTime: '2026-01-01T00:00:00Z' })));

test('only our own types are read; Ready and what others wrote are no warnings of ours', () => {
  const conditions = [{ type: 'Ready', status: 'True' }, { type: 'Foreign', status: 'True' }, 'nonsense', { ...soon, lastTransitionTime: '2026-01-01T00:00:00Z' }];
  const lastTransitionTime = new Date('2026-01-01T00:00:00Z');
  assert.deepEqual(readWarnings(conditions), [{ ...soon, observedGeneration: undefined, lastTransitionTime }]);
  assert.deepEqual(readWarnings(undefined), []);
});

test('a status says the same where types, words and generation agree, in whichever order', () => {
  assert.ok(alreadyWarns(written(soon, recheck), [recheck, soon], 2));
  assert.ok(alreadyWarns([], [], 2));
  for (const [warnings, generation] of [
    [[soon], 2],
    [[soon, recheck], 3],
    [[soon, { ...recheck, message: 'other words' }], 2],
    [[soon, { ...recheck, status: 'Unknown' as const }], 2],
  ] as const) {
    assert.ok(!alreadyWarns(written(soon, recheck), warnings, generation));
  }
});

test('news is what did not hold before, not the same trouble in other words', () => {
  assert.deepEqual(newWarnings(written(recheck), [soon, { ...recheck, message: 'other words' }]), [soon]);
  assert.deepEqual(newWarnings(written(recheck), []), []);
});
