import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missingFields, staleSchema } from './stale-schema.ts';

const schemaOf = (spec: object): object => ({ properties: { spec, status: {} } });

test('a field is missing where the schema lacks it, in objects and in lists, and what lies below it is not told apart', () => {
  const spec = {
    properties: {
      arn: { type: 'string' },
      role: { type: 'object', properties: { steps: { type: 'array', items: { properties: { role: { type: 'string' } } } } } },
    },
  };
  const wanted = ['arn', 'role', 'role.tags', 'role.steps', 'role.steps.role', 'role.steps.name', 'policy', 'policy.names', 'policyName'];
  assert.deepEqual(missingFields(schemaOf(spec), wanted), ['role.tags', 'role.steps.name', 'policy', 'policyName']);
});

test('nothing is missing from a part that keeps what it does not know', () => {
  const keeping = { 'x-kubernetes-preserve-unknown-fields': true };
  assert.deepEqual(missingFields(keeping), []);
  assert.deepEqual(missingFields(schemaOf(keeping)), []);
  const inner = { ...keeping, properties: { secretRef: { properties: { name: {} } } } };
  assert.deepEqual(missingFields(schemaOf(inner), ['requestPolicy', 'secretRef', 'secretRef.name', 'secretRef.namespace']), ['secretRef.namespace'], 'what it knows is pruned again');
});

test('what is no schema lacks everything', () => {
  for (const nonsense of [undefined, null, 'text', [], {}]) assert.deepEqual(missingFields(nonsense, ['arn', 'secretRef', 'secretRef.name']), ['arn', 'secretRef']);
});

test('a stale CRD is told by its name, with the fields, why they matter and the way out', () => {
  const trouble = staleSchema('AWSPCAClusterIssuer', ['requestPolicy', 'serviceAccountRef.audiences']);
  assert.equal(trouble?.reason, 'StaleCRD');
  assert.equal(
    trouble.message,
    'the CRD awspcaclusterissuers.awspca.cert-manager.io is older than this version and lacks spec.requestPolicy, spec.serviceAccountRef.audiences: ' +
      'an issuer that sets one of them has lost it without a word, and nothing is signed rather than signed without it. ' +
      'Upgrade the CRDs with `helm upgrade` and crds.enabled=true, or with `kubectl apply --server-side -f` and the CRDs of the release; ' +
      'then apply those issuers again that set such a field. This one is checked again by itself',
  );
  assert.equal(staleSchema('AWSPCAIssuer', []), undefined);
});
