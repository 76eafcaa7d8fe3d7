import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apiReference } from './api-reference.ts';
import type { CustomResourceDefinition, SchemaNode } from './crd.ts';

const spec: SchemaNode = {
  type: 'object',
  required: ['name'],
  properties: {
    name: { type: 'string', description: 'Its name, a|b.' },
    offset: { type: 'string', description: 'How far. Default: `1.5m` or so. Example: `2m`. Added by pca-issuer.' },
    steps: { type: 'array', description: 'The way.', items: { type: 'object', properties: { role: { type: 'string', description: 'Who.' } } } },
  },
};

const crd: CustomResourceDefinition = {
  metadata: { name: 'things.example.test' },
  spec: {
    group: 'example.test',
    scope: 'Namespaced',
    names: { kind: 'Thing', plural: 'things', shortNames: ['th'] },
    versions: [{ name: 'v1', schema: { openAPIV3Schema: { description: 'A thing.', properties: { spec, status: { type: 'object' } } } } }],
  },
};

const page = apiReference([crd], [{ kind: 'Thing', path: 'samples/thing.yaml', text: '# What for.\nkind: Thing\n' }]);

test('each field is a row with its default taken out of the description', () => {
  assert.match(page, /^\| `name` \| string \| required \| Its name, a\\\|b\. \|$/m);
  assert.match(page, /^\| `offset` \| string \| `1\.5m` or so \| How far\. Example: `2m`\. \*Added by pca-issuer\.\* \|$/m);
});

test('an object in the schema has a table of its own', () => {
  assert.match(page, /^\| `steps` \| list of objects \| – \| The way\. \|$/m);
  assert.match(page, /^### steps\[\]$/m);
  assert.match(page, /^\| `steps\[\]\.role` \| string \| – \| Who\. \|$/m);
});

test('each kind shows its sample without the comment at its top', () => {
  assert.match(page, /From \[samples\/thing\.yaml\]\(\.\.\/samples\/thing\.yaml\):\n\n```yaml\nkind: Thing\n```/);
});

test('a kind without a sample is refused', () => {
  assert.throws(() => apiReference([crd], []), /sample of kind Thing/);
});
