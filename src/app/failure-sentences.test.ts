// Every name that AWS gives an error: its class, and what the request's condition then says.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { answers, connectionWords } from '../aws/error-names.ts';
import { toFailure } from '../aws/errors.ts';
import { describeFailure } from '../controller/describe-failure.ts';
import type { FailureClass } from '../domain/failure.ts';
import { plan } from '../domain/plan.ts';
import { anIssuerConfig, aPlanInput, authorityArn } from '../domain/test-values.ts';

const access = anIssuerConfig();
const planned = plan(aPlanInput());
const operation = 'IssueCertificate';

function answered(name: string, message: string, status: number): Error {
  return Object.assign(new Error(message), { name, $fault: 'client', $metadata: { httpStatusCode: status } });
}

/** What the condition of a request says when IssueCertificate fails so. */
function sentenceOf(error: unknown): string {
  assert.equal(planned.kind, 'plan');
  return describeFailure(toFailure(error, { operation }), 'failed to request certificate from PCA: ', access, planned.kind === 'plan' ? planned.plan : undefined);
}

/** The end of the sentence: what happens next, and who can help. */
const ways: Readonly<Record<FailureClass, RegExp>> = {
  throttled: /asks for fewer calls; it is tried again by itself\)$/,
  transient: /\(it is tried again by itself\)$/,
  ambiguous: /the very same request is repeated, which AWS bills once\)$/,
  unauthorised: /once the permissions or credentials are put right\)$/,
  misconfigured: /once the issuer or the CA is put right\)$/,
  unsuitable: /ever more slowly, and at once when the issuer or the CA changes\)$/,
  rejected: /can never pass; make a new one\)$/,
  conflict: /\(it is tried again by itself\)$/,
  bug: /a fault of pca-issuer; please report it\)$/,
};

const table: readonly (readonly [name: string, status: number, expected: FailureClass])[] = [
  ['RequestInProgressException', 400, 'transient'],
  ['RequestFailedException', 400, 'transient'],
  ['ThrottlingException', 400, 'throttled'],
  ['LimitExceededException', 400, 'misconfigured'],
  ['InvalidArgsException', 400, 'unsuitable'],
  ['MalformedCSRException', 400, 'rejected'],
  ['ValidationException', 400, 'unsuitable'],
  ['InvalidArnException', 400, 'misconfigured'],
  ['ResourceNotFoundException', 400, 'misconfigured'],
  ['InvalidStateException', 400, 'misconfigured'],
  ['AccessDeniedException', 400, 'unauthorised'],
  ['AccessDeniedException', 403, 'unauthorised'],
  ['ConcurrentModificationException', 400, 'transient'],
  ['RequestAlreadyProcessedException', 400, 'conflict'],
  ['InvalidRequestException', 400, 'misconfigured'],
  ['ExpiredTokenException', 400, 'unauthorised'],
  ['ExpiredToken', 403, 'unauthorised'],
  ['UnrecognizedClientException', 400, 'unauthorised'],
  ['InvalidSignatureException', 403, 'unauthorised'],
  ['IncompleteSignature', 400, 'unauthorised'],
  ['MissingAuthenticationToken', 403, 'unauthorised'],
  ['RequestExpired', 400, 'transient'],
  ['RequestTimeTooSkewed', 403, 'transient'],
  ['InternalFailure', 500, 'ambiguous'],
  ['InternalServerError', 500, 'ambiguous'],
  ['OtherException', 500, 'ambiguous'],
  ['ServiceUnavailable', 503, 'ambiguous'],
  ['InvalidIdentityToken', 400, 'unauthorised'],
  ['IDPCommunicationError', 400, 'transient'],
  ['Throttling', 400, 'throttled'],
  ['NewlyInventedException', 400, 'transient'],
  ['NewlyInventedException', 500, 'ambiguous'],
];

test('each name leads to its class, and the condition names the operation, the CA, the template, AWS\'s words and the way out', () => {
  for (const [name, status, expected] of table) {
    const error = answered(name, 'in the words of AWS', status);
    assert.equal(toFailure(error, { operation }).class, expected, `${name} ${status}`);
    const sentence = sentenceOf(error);
    const start = `failed to request certificate from PCA: IssueCertificate on ${authorityArn} with template SubordinateCACertificate_PathLen0/V1: ${name}: in the words of AWS`;
    assert.ok(sentence.startsWith(start), sentence);
    assert.match(sentence, ways[expected]);
    assert.equal(sentence.includes(`; allow acm-pca:IssueCertificate on ${authorityArn} with template `), name.startsWith('AccessDenied'));
  }
});

test('no name of the table fails a request but the one that says its CSR cannot be read', () => {
  const failing = Object.keys(answers).filter((name) => toFailure(answered(name, '', 400), { operation }).class === 'rejected');
  assert.deepEqual(failing, ['MalformedCSR']);
});

test('no trouble on the way fails a request, and none but one that was never sent is sure to have done nothing', () => {
  for (const code of Object.keys(connectionWords)) {
    for (const wasSent of [true, false]) {
      const error = Object.assign(new Error(`${code} 10.0.0.1:443`), { code, wasSent });
      assert.equal(toFailure(error, { operation }).class, wasSent ? 'ambiguous' : 'transient', code);
    }
  }
});

const hex = fc.stringMatching(/^[0-9a-f]{8}$/);
const changing = fc.record({
  requestId: fc.uuid(),
  session: fc.stringMatching(/^[a-z][\w+=,.@-]{1,20}$/),
  port: fc.integer({ min: 1_024, max: 65_535 }),
  at: fc.date({ min: new Date('2020-01-01'), max: new Date('2060-01-01'), noInvalidDate: true }),
  trace: hex,
});

type Changing = typeof changing extends fc.Arbitrary<infer T> ? T : never;

const compact = (at: Date): string => at.toISOString().replaceAll(/[-:]|\.\d+/g, '');

/** Messages as the services, gateways and sockets write them, with what changes from attempt to attempt. */
const messages: readonly ((parts: Changing) => string)[] = [
  ({ session }) => `User: arn:aws:sts::123456789012:assumed-role/pca/${session} is not authorized to perform: acm-pca:IssueCertificate on resource: ${authorityArn}`,
  ({ requestId }) => `Rate exceeded (Service: AcmPca; Status Code: 400; Error Code: ThrottlingException; Request ID: ${requestId}; Proxy: null)`,
  ({ requestId }) => `Internal failure, RequestId: ${requestId}`,
  ({ requestId }) => `Internal failure (request id ${requestId})`,
  ({ requestId }) => `[${requestId}]: something went wrong`,
  ({ at }) => `Signature expired: ${compact(at)} is now earlier than ${compact(new Date(at.getTime() + 1))} (${compact(at)} - 5 min.)`,
  ({ at }) => `Token expired at ${at.toISOString()}`,
  ({ at }) => `Token expired at ${at.toUTCString()}`,
  ({ at }) => `current date/time ${Math.floor(at.getTime() / 1_000)} must be before the expiration date/time ${at.getTime()}`,
  ({ port }) => `read ECONNRESET 10.0.0.1:${port}`,
  ({ port }) => `connect ETIMEDOUT 10.0.0.1:443 - Local (10.0.0.7:${port})`,
  ({ trace, requestId }) => `Bad gateway; X-Amzn-Trace-Id: Root=1-${trace}-${requestId.replaceAll('-', '').slice(0, 24)}`,
];

test('two messages of one cause come out equal, whatever their ids, times, ports and sessions, so that a condition never flaps', () => {
  fc.assert(
    fc.property(fc.constantFrom(...messages), changing, changing, (write, one, other) => {
      assert.equal(sentenceOf(answered('SomeException', write(one), 400)), sentenceOf(answered('SomeException', write(other), 400)));
    }),
    { numRuns: 1_000 },
  );
});
