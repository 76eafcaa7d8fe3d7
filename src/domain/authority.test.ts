import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAuthorityArn } from './authority.ts';
import { judgeIssuer } from './issuer-config.ts';

const id = '11111111-2222-3333-4444-555555555555';
const places = [
  ['aws', 'us-east-1'],
  ['aws', 'ap-southeast-5'],
  ['aws-cn', 'cn-north-1'],
  ['aws-us-gov', 'us-gov-west-1'],
  ['aws-iso', 'us-iso-east-1'],
  ['aws-iso-b', 'us-isob-east-1'],
  ['aws-iso-e', 'eu-isoe-west-1'],
  ['aws-iso-f', 'us-isof-south-1'],
  ['aws-eusc', 'eusc-de-east-1'],
] as const;

function arnIn(partition: string, region: string): string {
  return `arn:${partition}:acm-pca:${region}:123456789012:certificate-authority/${id}`;
}

test('the ARN of a CA is read in every partition', () => {
  for (const [partition, region] of places) {
    const arn = arnIn(partition, region);
    assert.deepEqual(readAuthorityArn(arn), { arn, partition, region, account: '123456789012', id });
  }
});

test('what is not the ARN of a CA is none', () => {
  const wrong = [
    '',
    'arn',
    arnIn('aws-mars', 'us-east-1'),
    arnIn('aws-iso-', 'us-iso-east-1'),
    arnIn('aws', 'nowhere'),
    arnIn('aws', 'us-east-1').replace('acm-pca', 'acm'),
    arnIn('aws', 'us-east-1').replace('123456789012', '1234'),
    `${arnIn('aws', 'us-east-1')}/certificate/00ff`,
    ` ${arnIn('aws', 'us-east-1')}`,
  ];
  for (const arn of wrong) assert.equal(readAuthorityArn(arn), undefined, arn);
});

test('a role is of the CA\'s own partition, whichever it is', () => {
  const key = { kind: 'AWSPCAClusterIssuer', namespace: undefined, name: 'root' } as const;
  const rules = { allowsCluster: true, allowsNamespaced: true, overridesIsCA: false, clusterName: 'a' };
  const judge = (spec: { arn: string; role: string }) => judgeIssuer(key, spec, rules);
  for (const [partition, region] of places) {
    const arn = arnIn(partition, region);
    const role = `arn:${partition}:iam::210987654321:role/path/pca`;
    assert.equal(judge({ arn, role }).ok, true, role);
    const other = `arn:${partition === 'aws' ? 'aws-cn' : 'aws'}:iam::210987654321:role/pca`;
    const refused = judge({ arn, role: other });
    assert.ok(!refused.ok && refused.reason === 'Validation', other);
    for (const part of ['spec.role', other, `arn:${partition}:iam::`]) assert.ok(refused.message.includes(part), refused.message);
  }
});
