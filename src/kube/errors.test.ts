import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failureOfException, failureOfResponse } from './errors.ts';
import { describeOperation } from './operation.ts';

const status = (code: number, reason: string, message: string, extra = {}) => ({
  kind: 'Status', status: 'Failure', code, reason, message, ...extra,
});

test('each status has its class, and the message is the API server’s own', () => {
  const classes = Object.fromEntries(
    [400, 401, 403, 404, 408, 409, 410, 413, 422, 429, 500, 502, 503, 504, 302].map((code) => [
      code,
      failureOfResponse({ operation: 'PATCH x', status: code, body: status(code, 'R', 'its words') }).class,
    ]),
  );
  assert.deepEqual(classes, {
    302: 'transient', 400: 'bug', 401: 'unauthorised', 403: 'unauthorised', 404: 'conflict', 408: 'transient', 409: 'conflict',
    410: 'conflict', 413: 'bug', 422: 'bug', 429: 'throttled', 500: 'transient', 502: 'transient', 503: 'transient', 504: 'transient',
  });
  const failure = failureOfResponse({ operation: 'PATCH x', status: 409, body: status(409, 'Conflict', 'its words') });
  assert.deepEqual(failure, { class: 'conflict', code: '409 Conflict', message: 'its words', operation: 'PATCH x', status: 409 });
});

test('an object that a read does not find may come later; one that a write does not find is gone', () => {
  const body = status(404, 'NotFound', 'not found');
  assert.equal(failureOfResponse({ operation: 'GET x', status: 404, body }).class, 'transient');
  assert.equal(failureOfResponse({ operation: 'PATCH x', status: 404, body }).class, 'conflict');
});

test('Retry-After is read from the header, else from the Status, and never from nonsense', () => {
  const ask = (retryAfter: string | undefined, extra = {}) =>
    failureOfResponse({ operation: 'GET x', status: 429, body: status(429, 'TooManyRequests', 'slow down', extra), retryAfter }).retryAfterMs;
  assert.equal(ask('7'), 7_000);
  assert.equal(ask(undefined, { details: { retryAfterSeconds: 3 } }), 3_000);
  assert.equal(ask('Wed, 21 Oct 2026 07:28:00 GMT'), undefined);
  assert.equal(ask(undefined), undefined);
});

test('a body that is no Status is quoted, and an empty one is described', () => {
  assert.equal(failureOfResponse({ operation: 'GET x', status: 502, body: '<html>Bad Gateway' }).message, '<html>Bad Gateway');
  assert.equal(failureOfResponse({ operation: 'GET x', status: 502, body: '' }).message, 'the API server answered 502');
  assert.equal(failureOfResponse({ operation: 'GET x', status: 502, body: '' }).code, '502 Unknown');
});

test('the innermost code of a network error is the one that is told', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' });
  const both = Object.assign(new AggregateError([refused, refused], ''), { code: 'ECONNREFUSED' });
  for (const error of [refused, new TypeError('fetch failed', { cause: refused }), both]) {
    const failure = failureOfException('GET x', error);
    assert.equal(failure.class, 'transient');
    assert.equal(failure.code, 'ECONNREFUSED');
    assert.match(failure.message, /127\.0\.0\.1/);
  }
  assert.equal(failureOfException('GET x', Object.assign(new Error('no such file'), { code: 'ENOENT' })).class, 'unauthorised');
  assert.deepEqual(failureOfException('GET x', 'odd').message, 'odd');
});

test('an operation is the verb and the resource, whatever the object is called', () => {
  const crs = '/apis/cert-manager.io/v1/namespaces/status/certificaterequests';
  assert.equal(describeOperation('GET', '/apis/cert-manager.io/v1/certificaterequests'), 'GET certificaterequests');
  assert.equal(describeOperation('PATCH', `${crs}/namespaces/status`), 'PATCH certificaterequests/status');
  assert.equal(describeOperation('PATCH', `${crs}/b`), 'PATCH certificaterequests');
  assert.equal(describeOperation('GET', '/api/v1/namespaces/a/secrets/b'), 'GET secrets');
  assert.equal(describeOperation('GET', '/api/v1/namespaces/a'), 'GET namespaces');
  assert.equal(describeOperation('PATCH', '/apis/g/v1/awspcaclusterissuers/b/status'), 'PATCH awspcaclusterissuers/status');
});

test('a source port in the API server’s words, another one each time, is left out', () => {
  const quoted = (port: number) => `failed calling webhook "w": Post "https://w.svc:443/v": read tcp 10.0.0.1:${port}->10.0.0.2:443: read: connection reset by peer`;
  const [one, other] = [40_000, 50_001].map((port) => failureOfResponse({ operation: 'PATCH x', status: 500, body: status(500, 'InternalError', quoted(port)) }).message);
  assert.equal(one, other);
  assert.match(one ?? '', /read tcp 10\.0\.0\.2:443: read/);
});
