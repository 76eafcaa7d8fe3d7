import assert from 'node:assert/strict';
import { test } from 'node:test';
import { specFields, type IssuerKind } from '../domain/api.gen.ts';
import { makeFakeClock } from '../runtime/fake-clock.ts';
import type { Logger } from '../runtime/ports.ts';
import { makeFakeCalls } from './fake-calls.ts';
import { makeServedSchema } from './served-schema.ts';

type Node = Record<string, { properties?: Node }>;

/** The schema of a spec with all our fields but for some. */
function specWithout(left: readonly string[]): object {
  const properties: Node = {};
  for (const path of specFields) {
    if (left.includes(path)) continue;
    const parts = path.split('.');
    const last = parts.pop() ?? '';
    let node: Node | undefined = properties;
    for (const part of parts) node = node?.[part] === undefined ? undefined : (node[part].properties ??= {});
    if (node !== undefined) node[last] = {};
  }
  return { properties };
}

function documentOf(lacks: Partial<Record<IssuerKind, readonly string[]>>): object {
  const schemas = Object.entries(lacks).flatMap(([kind, left]) => {
    const names = (suffix: string): object => ({ 'x-kubernetes-group-version-kind': [{ group: 'awspca.cert-manager.io', version: 'v1beta1', kind: `${kind}${suffix}` }] });
    return [[`list.${kind}`, names('List')], [`some.${kind}`, { ...names(''), properties: { spec: specWithout(left) } }]];
  });
  return { openapi: '3.0.0', components: { schemas: Object.fromEntries(schemas) as object } };
}

const whole = documentOf({ AWSPCAIssuer: [], AWSPCAClusterIssuer: [] });
const stale = documentOf({ AWSPCAIssuer: ['requestPolicy'], AWSPCAClusterIssuer: ['requestPolicy', 'secretRef.sessionTokenSelector'] });
const never = new AbortController().signal;

function makeWorld(first: object | number, signal: AbortSignal = never) {
  const state = { answer: first, changed: [] as IssuerKind[], warnings: 0 };
  const logger: Logger = { debug() {}, info() {}, warn: () => void state.warnings++, error() {}, with: () => logger };
  const clock = makeFakeClock();
  const fake = makeFakeCalls(() => state.answer);
  const served = makeServedSchema({ transport: fake, clock, logger, signal, onChange: (kind) => void state.changed.push(kind) });
  return { state, clock, calls: fake.calls, served, missing: (kind: IssuerKind = 'AWSPCAIssuer', isNewSpec = false) => served.missing(kind, isNewSpec, never) };
}

test('a new spec is answered by what the API server says now, for each kind by itself', async () => {
  const world = makeWorld(stale);
  assert.deepEqual(await Promise.all([world.missing('AWSPCAIssuer', true), world.missing('AWSPCAClusterIssuer', true)]), [['requestPolicy'], ['secretRef.sessionTokenSelector', 'requestPolicy']]);
  assert.deepEqual(world.calls.map(({ path }) => path), ['/openapi/v3/apis/awspca.cert-manager.io/v1beta1']);
  assert.deepEqual(world.state.changed, ['AWSPCAIssuer', 'AWSPCAClusterIssuer']);
});

test('while a field is missing the schema is read every 15 seconds, and what heals is told at once', async () => {
  const world = makeWorld(stale);
  await world.missing('AWSPCAIssuer', true);
  await world.clock.advance(45_000);
  assert.equal(world.calls.length, 4);
  assert.equal(world.state.changed.length, 2, 'what stays the same is no news');
  world.state.answer = documentOf({ AWSPCAIssuer: [], AWSPCAClusterIssuer: ['requestPolicy'] });
  await world.clock.advance(15_000);
  assert.deepEqual([await world.missing('AWSPCAIssuer'), await world.missing('AWSPCAClusterIssuer')], [[], ['requestPolicy']]);
  world.state.answer = whole;
  await world.clock.advance(15_000);
  assert.deepEqual(world.state.changed.slice(2), ['AWSPCAIssuer', 'AWSPCAClusterIssuer', 'AWSPCAClusterIssuer']);
});

test('a schema that has all fields is read once more soon after a new spec, then every ten minutes', async () => {
  const world = makeWorld(whole);
  await world.missing('AWSPCAIssuer', true);
  await world.clock.advance(15_000);
  assert.equal(world.calls.length, 2);
  await world.clock.advance(10 * 60_000 - 1);
  assert.equal(world.calls.length, 2);
  world.state.answer = stale;
  await world.clock.advance(1);
  assert.deepEqual(await world.missing(), ['requestPolicy']);
  assert.deepEqual(world.state.changed, ['AWSPCAIssuer', 'AWSPCAClusterIssuer']);
});

test('a CRD that is published a moment after the issuer was written is noticed within 15 seconds', async () => {
  const world = makeWorld(whole);
  await world.missing('AWSPCAIssuer', true);
  await world.clock.advance(60_000);
  assert.deepEqual(await world.missing('AWSPCAIssuer', true), []);
  world.state.answer = stale;
  await world.clock.advance(15_000);
  assert.deepEqual(await world.missing(), ['requestPolicy']);
});

test('a failure to read says nothing: no fault at first, then what was known before; it is read again soon and warned of once', async () => {
  const world = makeWorld(404);
  assert.deepEqual(await world.missing('AWSPCAIssuer', true), []);
  await world.clock.advance(30_000);
  assert.deepEqual([world.calls.length, world.state.warnings], [3, 1]);
  world.state.answer = stale;
  await world.clock.advance(15_000);
  world.state.answer = 403;
  await world.clock.advance(15_000);
  assert.deepEqual(await world.missing(), ['requestPolicy']);
  assert.equal(world.state.changed.length, 2);
});

test('a document without one of the kinds says nothing about that kind', async () => {
  const world = makeWorld(documentOf({ AWSPCAIssuer: ['requestPolicy'] }));
  assert.deepEqual(await world.missing('AWSPCAClusterIssuer', true), []);
  assert.deepEqual(world.state.changed, ['AWSPCAIssuer']);
});

test('nothing is read before the first question, nor after the end', async () => {
  const end = new AbortController();
  const world = makeWorld(stale, end.signal);
  await world.clock.advance(60 * 60_000);
  assert.equal(world.calls.length, 0);
  await world.missing('AWSPCAIssuer', true);
  end.abort();
  await world.clock.advance(60 * 60_000);
  assert.equal(world.calls.length, 1);
});
