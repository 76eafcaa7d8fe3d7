import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limitPage, readApiCall } from './api-call.ts';

const requests = '/apis/cert-manager.io/v1/certificaterequests';

test('verb, resource and object are read from method and path', () => {
  const read = (method: string, url: string): string => {
    const { verb, resource, subresource, namespace, name } = readApiCall(method, url);
    return [verb, resource, subresource, namespace, name].join('|');
  };
  assert.equal(read('GET', requests), 'list|certificaterequests|||');
  assert.equal(read('GET', `${requests}?watch=true&resourceVersion=7`), 'watch|certificaterequests|||');
  assert.equal(read('GET', '/apis/cert-manager.io/v1/namespaces/a/certificaterequests/b'), 'get|certificaterequests||a|b');
  assert.equal(read('PATCH', '/apis/cert-manager.io/v1/namespaces/a/certificaterequests/b/status?force=true'), 'patch|certificaterequests|status|a|b');
  assert.equal(read('GET', '/api/v1/namespaces/a/secrets'), 'list|secrets||a|');
  assert.equal(read('GET', '/api/v1/namespaces/a'), 'get|namespaces|||a');
  assert.equal(read('POST', '/apis/events.k8s.io/v1/namespaces/a/events'), 'create|events||a|');
  assert.equal(read('GET', '/version'), 'get|/version|||');
});

test('a page after the first one is told apart', () => {
  assert.equal(readApiCall('GET', `${requests}?limit=3`).isLaterPage, false);
  assert.equal(readApiCall('GET', `${requests}?limit=3&continue=abc`).isLaterPage, true);
});

test('a page is cut to the size that is wanted, never made longer', () => {
  assert.equal(limitPage(`${requests}?limit=500&fieldSelector=a%3Db`, 3), `${requests}?limit=3&fieldSelector=a%3Db`);
  assert.equal(limitPage(requests, 3), `${requests}?limit=3`);
  assert.equal(limitPage(`${requests}?limit=2`, 3), `${requests}?limit=2`);
});
