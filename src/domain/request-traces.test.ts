import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plan } from './plan.ts';
import { arnAnnotation, ownAnnotation } from './request.ts';
import { tracesOf, withoutOrder } from './request-traces.ts';
import { aPlanInput, authorityArn } from './test-values.ts';

const planning = plan(aPlanInput());
assert.ok(planning.kind === 'plan');
const certificateArn = `${authorityArn}/certificate/00c0ffee00c0ffee00c0ffee00c0ffee`;
const traces = tracesOf(planning.plan, certificateArn);

test('an order leaves what revoke-certificate and an auditor need, beside its ARN', () => {
  assert.deepEqual(traces, {
    'aws-privateca-issuer/certificate-serial': '00c0ffee00c0ffee00c0ffee00c0ffee',
    'aws-privateca-issuer/certificate-authority-arn': authorityArn,
    'aws-privateca-issuer/template-name': 'SubordinateCACertificate_PathLen0/V1',
    'aws-privateca-issuer/certificate-not-after': '2027-02-20T10:00:05Z',
  });
});

test('a dropped certificate leaves no trace', () => {
  const written = [arnAnnotation, ownAnnotation, ...Object.keys(traces)];
  assert.deepEqual(withoutOrder, Object.fromEntries(written.map((key) => [key, null])));
});
