import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FailureClass } from '../domain/failure.ts';
import { emptyAnswer, FailureError, isExpiredToken, metricCode, toFailure } from './errors.ts';

/** An error as the SDK makes it of an answer. */
function answered(name: string, message = 'so it is', status = 400): Error {
  return Object.assign(new Error(message), { name, $fault: 'client', $metadata: { httpStatusCode: status } });
}

/** An error of a socket as it leaves the SDK, which writes its attempts into it. */
function broken(code: string, more: object = {}): Error {
  return Object.assign(new Error(`connect ${code} 10.0.0.1:443`), { code, $metadata: { attempts: 1 } }, more);
}

const classOf = (error: unknown, operation: string): FailureClass => toFailure(error, { operation }).class;

test('every name of the contract has its class', () => {
  const names: Readonly<Record<string, FailureClass>> = {
    ThrottlingException: 'throttled',
    Throttling: 'throttled',
    TooManyRequestsException: 'throttled',
    RequestInProgressException: 'transient',
    RequestFailedException: 'transient',
    ConcurrentModificationException: 'transient',
    RequestExpired: 'transient',
    RequestTimeTooSkewed: 'transient',
    IDPCommunicationError: 'transient',
    LimitExceededException: 'misconfigured',
    InvalidArgsException: 'unsuitable',
    InvalidArnException: 'misconfigured',
    InvalidStateException: 'misconfigured',
    InvalidRequestException: 'misconfigured',
    ResourceNotFoundException: 'misconfigured',
    ValidationException: 'unsuitable',
    AccessDeniedException: 'unauthorised',
    AccessDenied: 'unauthorised',
    ExpiredTokenException: 'unauthorised',
    ExpiredToken: 'unauthorised',
    UnrecognizedClientException: 'unauthorised',
    InvalidSignatureException: 'unauthorised',
    IncompleteSignature: 'unauthorised',
    MissingAuthenticationToken: 'unauthorised',
    InvalidIdentityTokenException: 'unauthorised',
    MalformedCSRException: 'rejected',
    RequestAlreadyProcessedException: 'conflict',
  };
  for (const [name, expected] of Object.entries(names)) {
    assert.equal(classOf(answered(name), 'IssueCertificate'), expected, name);
    assert.equal(metricCode(name), name);
  }
});

test('a fault of the service is ambiguous for IssueCertificate only', () => {
  for (const [name, status] of [['InternalFailure', 500], ['InternalServerError', 500], ['OtherException', 500], ['ServiceUnavailable', 503], ['UnknownError', 502], ['504', 504]] as const) {
    assert.equal(classOf(answered(name, '', status), 'IssueCertificate'), 'ambiguous', name);
    assert.equal(classOf(answered(name, '', status), 'GetCertificate'), 'transient', name);
  }
});

test('a connection that breaks under an IssueCertificate is ambiguous, one that never stood is transient', () => {
  const codes = ['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EPROTO', 'EHOSTUNREACH', 'TimeoutError', 'AbortError', 'HPE_INVALID_CONSTANT', 'ERR_NEVER_HEARD_OF'];
  for (const code of codes) {
    assert.equal(classOf(broken(code, { wasSent: true }), 'IssueCertificate'), 'ambiguous', code);
    assert.equal(classOf(broken(code), 'IssueCertificate'), 'ambiguous', code);
    assert.equal(classOf(broken(code, { wasSent: true }), 'DescribeCertificateAuthority'), 'transient', code);
    assert.equal(classOf(broken(code, { wasSent: false }), 'IssueCertificate'), 'transient', code);
  }
  for (const code of ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ConnectTimeout', 'CERT_HAS_EXPIRED']) {
    assert.equal(classOf(broken(code, { wasSent: false }), 'IssueCertificate'), 'transient', code);
    assert.equal(metricCode(code), code);
  }
  const several = Object.assign(new AggregateError([broken('ETIMEDOUT')], ''), { wasSent: false });
  assert.equal(toFailure(several, { operation: 'IssueCertificate' }).code, 'ETIMEDOUT');
});

test('an answer that cannot be read is ambiguous for IssueCertificate, whatever its status', () => {
  for (const statusCode of [200, 400, 403, 503]) {
    const error = new SyntaxError(`Unexpected token '<'`);
    Object.defineProperty(error, '$response', { value: { statusCode, headers: {} } });
    const failure = toFailure(Object.assign(error, { $metadata: { attempts: 1 } }), { operation: 'IssueCertificate' });
    assert.equal(failure.class, 'ambiguous');
    assert.equal(failure.code, 'UnreadableAnswer');
    assert.equal(failure.message, `the answer (HTTP ${statusCode}) cannot be read; it may come from a proxy`);
  }
  assert.equal(emptyAnswer('IssueCertificate', 'CertificateArn').class, 'ambiguous');
  assert.equal(emptyAnswer('GetCertificate', 'Certificate').class, 'transient');
});

test('a name that every object has is as unknown as any other', () => {
  for (const name of ['constructor', 'toString', '__proto__']) {
    const failure = toFailure(answered(name), { operation: 'IssueCertificate' });
    assert.equal(failure.class, 'transient', name);
    assert.equal(failure.message, 'so it is', name);
    assert.equal(metricCode(name), 'unmapped');
  }
});

test('an unknown refusal is transient, keeps its name and is counted as unmapped', () => {
  const failure = toFailure(answered('NewlyInventedException'), { operation: 'IssueCertificate' });
  assert.deepEqual(failure, { class: 'transient', code: 'NewlyInventedException', message: 'so it is', operation: 'IssueCertificate' });
  assert.equal(metricCode(failure.code), 'unmapped');
  assert.equal(metricCode('ok'), 'ok');
  assert.equal(metricCode('HTTP 502'), 'HTTP 502');
});

test('of an ordered certificate, not found means never; of its CA, not yet', () => {
  for (const name of ['ResourceNotFoundException', 'InvalidArnException', 'RequestFailedException']) {
    assert.equal(classOf(answered(name), 'GetCertificate'), 'rejected', name);
  }
  assert.equal(classOf(answered('ResourceNotFoundException', 'Could not find Certificate Authority'), 'GetCertificate'), 'misconfigured');
  assert.equal(classOf(answered('AccessDeniedException'), 'GetCertificate'), 'unauthorised');
});

test('a mistake in our own code is called a bug', () => {
  assert.equal(classOf(new TypeError('x is not a function'), 'DescribeCertificateAuthority'), 'bug');
});

test('the wish of Retry-After is kept in milliseconds', () => {
  const error = Object.assign(answered('ThrottlingException'), { $response: { statusCode: 400, headers: { 'retry-after': '7' } } });
  assert.equal(toFailure(error, { operation: 'IssueCertificate' }).retryAfterMs, 7_000);
});

test('a message of a socket does not carry its address', () => {
  const refused = toFailure(broken('ECONNREFUSED'), { operation: 'GetCertificate' });
  assert.equal(refused.message, 'the endpoint refuses connections');
  const unknown = toFailure(broken('ENOTFOUND', { hostname: 'acm-pca.eu-west-1.amazonaws.com' }), { operation: 'GetCertificate' });
  assert.equal(unknown.message, 'the name of the endpoint is not known: acm-pca.eu-west-1.amazonaws.com');
});

test('a failure passes through the SDK unchanged', () => {
  const failure = { class: 'throttled', code: 'sts:Throttling', message: 'Rate exceeded', operation: 'AssumeRole' } as const;
  assert.equal(toFailure(new FailureError(failure), { operation: 'IssueCertificate' }), failure);
});

test('expired credentials are known by either name', () => {
  for (const code of ['ExpiredToken', 'ExpiredTokenException', 'sts:ExpiredTokenException']) {
    assert.ok(isExpiredToken({ class: 'unauthorised', code, message: '', operation: '' }));
  }
});

test('a body that is not AWS\'s, with other things where words belong, is a failure like any other', () => {
  for (const changes of [{ name: [] }, { name: { toString: 1 } }, { message: 7 }, { message: { toString: null } }]) {
    const error = Object.assign(answered('ThrottlingException'), changes);
    assert.ok(['transient', 'throttled'].includes(toFailure(error, { operation: 'GetCertificate' }).class), JSON.stringify(changes));
  }
  assert.equal(toFailure({ errors: 'none', message: 'x' }, { operation: 'GetCertificate' }).class, 'transient');
  assert.equal(toFailure(answered('x'.repeat(9_000)), { operation: 'GetCertificate' }).code.length, 100);
  assert.equal(toFailure({ errors: [null] }, { operation: 'GetCertificate' }).class, 'transient');
});
