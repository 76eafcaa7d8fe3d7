import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTemplate, templateArn, templateNameFor } from './template.ts';

const blank = 'BlankEndEntityCertificate_APICSRPassthrough/V1';
const rows: readonly (readonly [isCA: boolean, usages: readonly string[], name: string])[] = [
  [true, ['cert sign'], 'SubordinateCACertificate_PathLen0/V1'],
  [true, [], 'SubordinateCACertificate_PathLen0/V1'],
  [false, ['code signing'], 'CodeSigningCertificate/V1'],
  [false, ['client auth'], 'EndEntityClientAuthCertificate/V1'],
  [false, ['server auth'], 'EndEntityServerAuthCertificate/V1'],
  [false, ['ocsp signing'], 'OCSPSigningCertificate/V1'],
  [false, ['client auth', 'server auth'], 'EndEntityCertificate/V1'],
  [false, ['server auth', 'client auth'], 'EndEntityCertificate/V1'],
  [false, [], blank],
  [false, ['digital signature', 'key encipherment', 'server auth'], blank],
  [false, ['server auth', 'server auth'], blank],
  [false, ['server auth', 'code signing'], blank],
  [false, ['timestamping'], blank],
];

test('usages choose the template just as the peer chooses it', () => {
  for (const [isCA, usages, name] of rows) assert.equal(templateNameFor(isCA, usages, false), name, usages.join());
});

test('ignoreKeyUsages reads past key usages to the purpose', () => {
  const usages = ['digital signature', 'key encipherment', 'server auth'];
  assert.equal(templateNameFor(false, usages, true), 'EndEntityServerAuthCertificate/V1');
});

test('a template\'s name tells what it writes', () => {
  const subordinate = readTemplate('SubordinateCACertificate_PathLen2/V1');
  assert.ok(subordinate);
  assert.deepEqual([subordinate.isCA, subordinate.pathLength, subordinate.takesCsrExtensions], [true, 2, false]);
  const passing = readTemplate('BlankEndEntityCertificate_CriticalBasicConstraints_APICSRPassthrough/V1');
  assert.ok(passing);
  assert.deepEqual([passing.isCA, passing.takesApiExtensions, passing.takesCsrExtensions], [false, true, true]);
});

test('a name of no template\'s shape is not read', () => {
  for (const name of ['', 'EndEntityCertificate', 'EndEntityCertificate/V', 'a b/V1', 'arn:aws:acm-pca:::template/EndEntityCertificate/V1']) {
    assert.equal(readTemplate(name), undefined, name);
  }
});

test('the template ARN stands in the CA\'s partition', () => {
  assert.equal(templateArn('aws-cn', 'EndEntityCertificate/V1'), 'arn:aws-cn:acm-pca:::template/EndEntityCertificate/V1');
});
