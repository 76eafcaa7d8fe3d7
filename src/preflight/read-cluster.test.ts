import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Ask, Query } from '../domain/ask.ts';
import { fail, succeed } from '../domain/failure.ts';
import { readCluster } from './read-cluster.ts';

const lease = 'the-lease';
const forbidden = fail({ class: 'unauthorised', code: '403 Forbidden', message: 'you may not', operation: 'GET' });
const certificate = (name: string): object => ({ metadata: { namespace: 'a', name }, spec: { issuerRef: { group: 'awspca.cert-manager.io', kind: 'AWSPCAIssuer', name: 'root' } } });

/** Answers with empty lists where nothing else is told, and remembers what was asked. */
function answering(told: (path: string, query: Query) => ReturnType<Ask> | undefined): { readonly ask: Ask; readonly asked: readonly string[] } {
  const asked: string[] = [];
  return {
    asked,
    ask: (path, query = {}) => {
      asked.push(`${path} ${JSON.stringify(query)}`);
      return told(path, query) ?? Promise.resolve(succeed({ items: [], metadata: {} }));
    },
  };
}

test('long lists are read page by page, and of leases only those of one name', async () => {
  const { ask, asked } = answering((path, query) => {
    if (!path.endsWith('/certificates')) return undefined;
    const isFirst = query['continue'] === undefined;
    return Promise.resolve(succeed({ items: [certificate(isFirst ? 'x' : 'y')], metadata: isFirst ? { continue: 'more' } : {} }));
  });
  const { view, blind } = await readCluster(ask, lease);
  assert.deepEqual([view.certificates.map(({ name }) => name), blind], [['x', 'y'], []]);
  assert.deepEqual(asked.filter((each) => each.includes('/leases')), ['/apis/coordination.k8s.io/v1/leases {"fieldSelector":"metadata.name=the-lease","limit":500}']);
});

test('nothing of Secrets is asked for', async () => {
  const { ask, asked } = answering(() => undefined);
  await readCluster(ask, lease);
  assert.deepEqual(asked.filter((each) => /secrets/i.test(each)), []);
  assert.equal(asked.length, 10);
});

test('what may not be read is told, and the rest is read', async () => {
  const { ask } = answering((path) => Promise.resolve(/leases|namespaces/.test(path) ? forbidden : succeed({ items: [certificate('x')], metadata: {} })));
  const { view, blind } = await readCluster(ask, lease);
  assert.deepEqual(blind, ['leases: 403 Forbidden: you may not', 'namespaces: 403 Forbidden: you may not']);
  assert.deepEqual([view.certificates.length, view.namespaces], [1, undefined]);
});

test('a cluster without aws-privateca-issuer has nothing of it; one without cert-manager is not the one that is meant', async () => {
  const { ask } = answering((path) => (/awspca|cert-manager/.test(path) ? Promise.resolve('absent' as const) : undefined));
  const { view, blind } = await readCluster(ask, lease);
  assert.deepEqual([view.issuers, view.crds, view.missingFields.size], [[], [], 0]);
  assert.deepEqual(blind.map((each) => each.replace(/:.*/, '')), ['certificates', 'certificaterequests']);
});
