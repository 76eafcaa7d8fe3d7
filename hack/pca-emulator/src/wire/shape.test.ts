import assert from 'node:assert/strict';
import { test } from 'node:test';
import { operationShapes } from '../operations/operation-shapes.ts';
import { ApiError } from './api-error.ts';
import { checkShape } from './shape.ts';

const arn = 'arn:aws:acm-pca:eu-central-1:111122223333:certificate-authority/00000000-0000-0000-0000-000000000000';
const good = { CertificateAuthorityArn: arn, Csr: 'QQ==', SigningAlgorithm: 'SHA256WITHRSA', Validity: { Type: 'DAYS', Value: 1 } };
const faultOf = (change: object): string => {
  try {
    checkShape({ ...good, ...change }, operationShapes.IssueCertificate);
  } catch (error) {
    if (error instanceof ApiError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return '';
};

test('a request of the right shape passes', () => {
  assert.equal(faultOf({ IdempotencyToken: 'x'.repeat(36), ApiPassthrough: { Subject: { Country: 'DE' } } }), '');
});

const rows: readonly (readonly [what: string, change: object, fault: string])[] = [
  ['a token of 37 characters', { IdempotencyToken: 'x'.repeat(37) }, `Value '${'x'.repeat(37)}' at 'idempotencyToken' failed to satisfy constraint: Member must have length less than or equal to 36`],
  ['an empty CSR', { Csr: '' }, "Value 'java.nio.HeapByteBuffer[pos=0 lim=0 cap=0]' at 'csr' failed to satisfy constraint: Member must have length greater than or equal to 1"],
  ['a validity of 0', { Validity: { Type: 'DAYS', Value: 0 } }, "Value '0' at 'validity.value' failed to satisfy constraint: Member must have value greater than or equal to 1"],
  ['an unknown type of validity', { Validity: { Type: 'WEEKS', Value: 1 } }, "Value 'WEEKS' at 'validity.type' failed to satisfy constraint: Member must satisfy enum value set: [END_DATE, ABSOLUTE, DAYS, MONTHS, YEARS]"],
  ['no validity', { Validity: undefined }, "Value null at 'validity' failed to satisfy constraint: Member must not be null"],
  ['a country of three letters', { ApiPassthrough: { Subject: { Country: 'DEU' } } }, "Value 'DEU' at 'apiPassthrough.subject.country' failed to satisfy constraint: Member must have length less than or equal to 2"],
];
for (const [what, change, fault] of rows) {
  test(`${what} is refused in AWS's words`, () => {
    assert.equal(faultOf(change), `ValidationException: 1 validation error detected: ${fault}`);
  });
}

test('several faults are told together', () => {
  assert.match(faultOf({ Csr: '', SigningAlgorithm: 'MD5' }), /^ValidationException: 2 validation errors detected: .*'csr'.*; .*'signingAlgorithm'/);
});

test('a value of another JSON type is a fault of serialization', () => {
  assert.match(faultOf({ CertificateAuthorityArn: 7 }), /^SerializationException/);
  assert.match(faultOf({ Validity: 'soon' }), /^SerializationException/);
  assert.match(faultOf({ Csr: '-----BEGIN' }), /^SerializationException/);
});

test('an ARN of no CA at all is caught by its form', () => {
  assert.match(faultOf({ CertificateAuthorityArn: 'tiny' }), /2 validation errors|regular expression pattern/);
});
