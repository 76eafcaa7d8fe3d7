import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pcaOperationNames } from '../operations/operations.ts';
import { RequestQuotas } from './request-quotas.ts';
import { requestRates } from './request-rates.ts';

const place = { account: '111122223333', region: 'eu-central-1' };
const aws = { quotaScale: 1, quotas: {} };
function quotasAt(nowMs = 0) {
  const clock = { nowMs };
  const quotas = new RequestQuotas(() => clock.nowMs);
  const admitted = (calls: number, operation = 'IssueCertificate', settings: { quotaScale: number | null; quotas: Record<string, number> } = aws, where = place) =>
    Array.from({ length: calls }, () => quotas.admit({ ...where, operation }, settings)).filter((error) => error === undefined).length;
  return { clock, quotas, admitted };
}

test('every operation of ACM PCA has a rate', () => {
  assert.deepEqual(Object.keys(requestRates).toSorted(), [...pcaOperationNames].toSorted());
});

test('a second lets through as many calls as AWS does, operation by operation', () => {
  const { admitted } = quotasAt();
  const counts = ['IssueCertificate', 'GetCertificate', 'DescribeCertificateAuthority', 'CreateCertificateAuthorityAuditReport'].map((name) => admitted(200, name));
  assert.deepEqual(counts, [25, 75, 20, 1]);
});

test('the refusal is ThrottlingException "Rate exceeded"', () => {
  const { admitted, quotas } = quotasAt();
  admitted(25);
  const error = quotas.admit({ ...place, operation: 'IssueCertificate' }, aws);
  assert.deepEqual([error?.code, error?.message, error?.status], ['ThrottlingException', 'Rate exceeded', 400]);
});

test('the bucket fills again as the clock runs, never above a second\'s worth, also when the clock goes back', () => {
  const { clock, admitted } = quotasAt(1_000_000);
  admitted(25);
  clock.nowMs += 200;
  assert.equal(admitted(100), 5);
  clock.nowMs += 3_600_000;
  assert.equal(admitted(100), 25);
  clock.nowMs -= 7_200_000;
  assert.equal(admitted(100), 0);
  clock.nowMs += 1000;
  assert.equal(admitted(100), 25);
});

test('accounts and regions have buckets of their own', () => {
  const { admitted } = quotasAt();
  admitted(25);
  assert.equal(admitted(30, 'IssueCertificate', aws, { ...place, account: '444455556666' }), 25);
  assert.equal(admitted(30, 'IssueCertificate', aws, { ...place, region: 'eu-west-1' }), 25);
});

test('the scale moves all rates, an operation\'s own setting stands above it, and without both nobody is throttled', () => {
  assert.equal(quotasAt().admitted(100, 'IssueCertificate', { quotaScale: 0.2, quotas: {} }), 5);
  assert.equal(quotasAt().admitted(100, 'IssueCertificate', { quotaScale: 0.2, quotas: { IssueCertificate: 3 } }), 3);
  assert.equal(quotasAt().admitted(100, 'GetCertificate', { quotaScale: null, quotas: { IssueCertificate: 3 } }), 100);
});

test('a rate below one a second lets a call through now and then', () => {
  const { clock, admitted } = quotasAt();
  const slow = { quotaScale: null, quotas: { IssueCertificate: 0.5 } };
  assert.equal(admitted(5, 'IssueCertificate', slow), 1);
  clock.nowMs += 1999;
  assert.equal(admitted(5, 'IssueCertificate', slow), 0);
  clock.nowMs += 1;
  assert.equal(admitted(5, 'IssueCertificate', slow), 1);
});
