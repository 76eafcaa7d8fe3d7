import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CustomResourceDefinition, SchemaNode } from './crd.ts';
import { typescriptTypes } from './typescript-types.ts';

function typesOf(spec: Readonly<Record<string, SchemaNode>>, required: readonly string[] = []): string {
  const crd: CustomResourceDefinition = {
    metadata: { name: 'things.example.test' },
    spec: {
      group: 'example.test',
      scope: 'Namespaced',
      names: { kind: 'Thing', plural: 'things', shortNames: [] },
      versions: [{
        name: 'v1',
        schema: { openAPIV3Schema: { properties: { spec: { type: 'object', required, properties: spec }, status: { type: 'object' } } } },
      }],
    },
  };
  return typescriptTypes([crd]);
}

test('fields are readonly, and optional unless the schema requires them', () => {
  const text = typesOf({ name: { type: 'string' }, count: { type: 'integer' } }, ['name']);
  assert.match(text, / {2}readonly name: string;\n {2}readonly count\?: number;/);
});

test('lists, maps, choices and objects get the types that people would write', () => {
  const text = typesOf({
    names: { type: 'array', items: { type: 'string' } },
    modes: { type: 'array', items: { type: 'string', enum: ['on', 'off'] } },
    tags: { type: 'object', additionalProperties: { type: 'string' } },
    steps: { type: 'array', items: { type: 'object', properties: { role: { type: 'string' } } } },
  });
  assert.match(text, /readonly names\?: readonly string\[\];/);
  assert.match(text, /readonly modes\?: readonly \('on' \| 'off'\)\[\];/);
  assert.match(text, /readonly tags\?: Readonly<Record<string, string>>;/);
  assert.match(text, /readonly steps\?: readonly Step\[\];/);
  assert.match(text, /export interface Step \{\n {2}readonly role\?: string;\n\}/);
});

test('a description becomes a doc comment, wrapped where it is long', () => {
  assert.match(typesOf({ name: { type: 'string', description: 'Short.' } }), / {2}\/\*\* Short\. \*\/\n {2}readonly name/);
  const long = typesOf({ name: { type: 'string', description: 'word '.repeat(60) } });
  assert.match(long, / {2}\/\*\*\n( {2} \* (word ?)+\n){3} {2} \*\/\n/);
});

test('every field is listed by its path, also those in objects and lists, but not the keys of a map', () => {
  const text = typesOf({
    name: { type: 'string' },
    policy: {
      type: 'object',
      properties: {
        tags: { type: 'object', additionalProperties: { type: 'string' } },
        steps: { type: 'array', items: { type: 'object', properties: { role: { type: 'string' } } } },
      },
    },
  });
  assert.match(text, /specFields: readonly string\[\] = \[\n {2}'name',\n {2}'policy',\n {2}'policy\.tags',\n {2}'policy\.steps',\n {2}'policy\.steps\.role',\n\];/);
});

test('two objects of one name are refused, since one type would hide the other', () => {
  const object: SchemaNode = { type: 'object', properties: { inner: { type: 'object' } } };
  assert.throws(() => typesOf({ first: object, second: object }), /would be called Inner/);
});
