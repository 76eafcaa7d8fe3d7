import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AwsPcaIssuerSpec } from './api.gen.ts';
import { judgeIssuer, type IssuerRules, type IssuerConfig } from './issuer-config.ts';
import type { IssuerKey } from './issuer.ts';
import { authorityArn } from './test-values.ts';

const rules: IssuerRules = { allowsCluster: true, allowsNamespaced: false, overridesIsCA: false, clusterName: '' };
const cluster: IssuerKey = { kind: 'AWSPCAClusterIssuer', namespace: undefined, name: 'mesh-root' };
const namespaced: IssuerKey = { kind: 'AWSPCAIssuer', namespace: 'team-a', name: 'a' };

function configOf(key: IssuerKey, spec: AwsPcaIssuerSpec): IssuerConfig {
  const judged = judgeIssuer(key, spec, rules);
  assert.ok(judged.ok, JSON.stringify(judged));
  return judged.config;
}

function refusalOf(key: IssuerKey, spec: AwsPcaIssuerSpec): string {
  const judged = judgeIssuer(key, spec, rules);
  assert.ok(!judged.ok);
  return `${judged.reason}: ${judged.message}`;
}

test('an ARN alone is a whole issuer: the region is in it, the offset is 15 minutes', () => {
  const config = configOf(cluster, { arn: authorityArn });
  assert.equal(config.authority.region, 'eu-central-1');
  assert.equal(config.notBeforeOffsetMs, 15 * 60_000);
  assert.deepEqual(config.identity, { kind: 'ambient', roles: [] });
});

test('the empty secretRef that Go clients write means no secretRef', () => {
  const secretRef = { accessKeyIDSelector: { key: '' }, secretAccessKeySelector: { key: '' } };
  assert.equal(configOf(cluster, { arn: authorityArn, secretRef }).identity.kind, 'ambient');
});

test('Go\'s durations are offsets, and 0s is one', () => {
  assert.equal(configOf(cluster, { arn: authorityArn, notBeforeOffset: '1h30m0s' }).notBeforeOffsetMs, 90 * 60_000);
  assert.equal(configOf(cluster, { arn: authorityArn, notBeforeOffset: '0s' }).notBeforeOffsetMs, 0);
});

test('the peer\'s sentences are kept to the letter', () => {
  assert.equal(refusalOf(cluster, {}), 'Validation: Failed to validate resource: no Arn found in Issuer Spec');
  assert.match(refusalOf(cluster, { arn: authorityArn, notBeforeOffset: '25h' }), /^Validation: Failed to validate resource: notBeforeOffset in Issuer Spec must not exceed 24h/);
  const serviceAccountRef = { name: '' };
  assert.match(refusalOf(cluster, { arn: authorityArn, serviceAccountRef }), /serviceAccountRef\.name is required; role must be set when using serviceAccountRef/);
  assert.match(refusalOf(namespaced, { arn: authorityArn }), /^Error: empty credentials; perhaps you meant to enable ambient credentials\?/);
  assert.match(refusalOf(namespaced, { arn: authorityArn, secretRef: { name: 's', namespace: 'b' } }), /^Error: secretRef: namespace must match the Issuer's namespace/);
  assert.match(refusalOf(cluster, { arn: authorityArn, secretRef: { name: 's' } }), /^Error: secretRef: namespace is required on an AWSPCAClusterIssuer/);
});

test('a namespaced issuer reads Secrets of its own namespace only', () => {
  const { identity } = configOf(namespaced, { arn: authorityArn, secretRef: { name: 'keys' } });
  assert.ok(identity.kind === 'secret');
  assert.deepEqual([identity.namespace, identity.accessKeyIdKey, identity.secretAccessKeyKey], ['team-a', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']);
});

test('every fault is told at once, with field, value and way out', () => {
  const message = refusalOf(cluster, { arn: 'arn:aws:iam::1:user/x', role: 'admin', pcaTemplate: { defaultTemplateName: 'EndEntity' } });
  for (const part of ['spec.arn is "arn:aws:iam::1:user/x"', 'spec.role is "admin"', 'defaultTemplateName is "EndEntity"']) assert.ok(message.includes(part), message);
  assert.match(refusalOf(cluster, { arn: authorityArn, region: 'us-east-1' }), /spec\.region is us-east-1, but the CA of spec\.arn is in eu-central-1/);
});

test('a policy that this version does not know, as a newer CRD may admit, makes the issuer refuse to sign', () => {
  const requestPolicy = { maxCertificatesPerHour: 5, caNamespaces: [], fromTheFuture: true };
  assert.match(refusalOf(cluster, { arn: authorityArn, requestPolicy }), /^NotSupported: spec\.requestPolicy\.fromTheFuture is not supported/);
});

test('who may ask is taken as written; a selector that selects by no value is a fault of its field', () => {
  assert.deepEqual(configOf(cluster, { arn: authorityArn }).requestPolicy, { namespaces: undefined, selector: undefined, caNamespaces: undefined });
  const requestPolicy = { namespaces: ['a'], namespaceSelector: { matchLabels: { mesh: 'true' } }, caNamespaces: [] };
  assert.deepEqual(configOf(cluster, { arn: authorityArn, requestPolicy }).requestPolicy, {
    namespaces: ['a'],
    selector: [{ key: 'mesh', operator: 'In', values: ['true'] }],
    caNamespaces: [],
  });
  const namespaceSelector = { matchExpressions: [{ key: 'mesh', operator: 'In' as const }] };
  assert.equal(
    refusalOf(cluster, { arn: authorityArn, requestPolicy: { namespaceSelector } }),
    'Validation: Failed to validate resource: spec.requestPolicy.namespaceSelector.matchExpressions[0].values must name at least one value for the operator In',
  );
});

test('a limit of certificates per hour is taken as written; without one there is none', () => {
  assert.equal(configOf(cluster, { arn: authorityArn }).maxCertificatesPerHour, undefined);
  assert.equal(configOf(cluster, { arn: authorityArn, requestPolicy: {} }).maxCertificatesPerHour, undefined);
  assert.equal(configOf(cluster, { arn: authorityArn, requestPolicy: { maxCertificatesPerHour: 200 } }).maxCertificatesPerHour, 200);
});

test('a limit that is no positive whole number is refused with field, value and way out', () => {
  for (const maxCertificatesPerHour of [0, -1, 2.5]) {
    const message = refusalOf(cluster, { arn: authorityArn, requestPolicy: { maxCertificatesPerHour } });
    for (const part of [`spec.requestPolicy.maxCertificatesPerHour is ${maxCertificatesPerHour}, `, 'at least 1', 'leave it out']) assert.ok(message.includes(part), message);
  }
});
