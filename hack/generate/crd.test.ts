import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { clusterCrdText, parseCrd, readNamespacedCrd, type SchemaNode } from './crd.ts';

const text = await readNamespacedCrd(join(import.meta.dirname, '../..'));
const schema = parseCrd(text).spec.versions[0].schema.openAPIV3Schema;

function at(path: string): SchemaNode {
  return path.split('.').reduce<SchemaNode>((node, field) => {
    const child = field === '[]' ? node.items : node.properties?.[field];
    assert.ok(child, `the schema has no ${path}`);
    return child;
  }, schema);
}

/** The schema of aws-privateca-issuer v1.12.0: every field with its type and all that constrains it. */
const peerFields: Readonly<Record<string, SchemaNode>> = {
  spec: { type: 'object' },
  'spec.arn': { type: 'string' },
  'spec.region': { type: 'string' },
  'spec.role': { type: 'string' },
  'spec.notBeforeOffset': { type: 'string', pattern: '^([0-9]{1,5}(s|m|h))+$', maxLength: 32 },
  'spec.pcaTemplate': { type: 'object' },
  'spec.pcaTemplate.defaultTemplateName': { type: 'string' },
  'spec.secretRef': { type: 'object' },
  'spec.secretRef.name': { type: 'string' },
  'spec.secretRef.namespace': { type: 'string' },
  ...Object.fromEntries(['accessKeyIDSelector', 'secretAccessKeySelector'].flatMap((selector) => [
    [`spec.secretRef.${selector}`, { type: 'object', required: ['key'] }],
    [`spec.secretRef.${selector}.key`, { type: 'string' }],
    [`spec.secretRef.${selector}.name`, { type: 'string', default: '' }],
    [`spec.secretRef.${selector}.optional`, { type: 'boolean' }],
  ])),
  'spec.serviceAccountRef': { type: 'object', required: ['name'] },
  'spec.serviceAccountRef.name': { type: 'string' },
  'spec.serviceAccountRef.namespace': { type: 'string' },
  status: { type: 'object' },
  'status.conditions': { type: 'array' },
  'status.conditions.[]': { type: 'object', required: ['lastTransitionTime', 'message', 'reason', 'status', 'type'] },
  'status.conditions.[].lastTransitionTime': { type: 'string', format: 'date-time' },
  'status.conditions.[].observedGeneration': { type: 'integer', format: 'int64', minimum: 0 },
};

test('every field of aws-privateca-issuer is there, with the constraints that it has there and no others', () => {
  for (const [path, theirs] of Object.entries(peerFields)) {
    const { description: _description, properties: _properties, items: _items, ...constraints } = at(path);
    const ours = Object.entries(constraints).filter(([key]) => !key.startsWith('x-kubernetes-'));
    assert.deepEqual(Object.fromEntries(ours), theirs, path);
  }
});

test('every field has a description', () => {
  const describe = (node: SchemaNode, path: string) => {
    if (path !== '.metadata') assert.ok(node.description, `${path} has no description`);
    for (const [field, child] of Object.entries(node.properties ?? {})) describe(child, `${path}.${field}`);
    if (node.items?.properties !== undefined) describe(node.items, `${path}[]`);
  };
  describe(schema, '');
});

test('the cluster kind cannot be derived when a line that must differ is gone', () => {
  assert.throws(() => clusterCrdText(text.replace('  scope: Namespaced\n', '')), /scope: Namespaced/);
});
