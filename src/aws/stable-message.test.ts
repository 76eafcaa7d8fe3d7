import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stableMessage } from './stable-message.ts';

const ca = 'arn:aws:acm-pca:eu-west-1:123456789012:certificate-authority/11111111-2222-3333-4444-555555555555';

test('what changes between attempts is taken out', () => {
  const cases = [
    [
      `User: arn:aws:sts::123456789012:assumed-role/pca/aws-sdk-js-session-1764000000000 is not authorized to perform: acm-pca:IssueCertificate on resource: ${ca}`,
      `User: arn:aws:sts::123456789012:assumed-role/pca is not authorized to perform: acm-pca:IssueCertificate on resource: ${ca}`,
    ],
    ['Rate exceeded (Service: AcmPca; Status Code: 400; Error Code: ThrottlingException; Request ID: 0f-1; Proxy: null)', 'Rate exceeded'],
    ['Internal failure, Request ID: 7c0a2f0e-8f77-4a5e-9df5-8a9b', 'Internal failure'],
    [
      'Signature expired: 20260101T000000Z is now earlier than 20260101T000500Z (20260101T001000Z - 5 min.)',
      'Signature expired: <time> is now earlier than <time> (<time> - 5 min.)',
    ],
    ['Token expired: current date/time 1734567890 must be before the expiration date/time 1734560000', 'Token expired: current date/time <time> must be before the expiration date/time <time>'],
    ['valid until 2026-01-01T00:00:00.123Z only', 'valid until <time> only'],
    ['connect ETIMEDOUT 10.0.0.1:443 - Local (10.0.0.7:51234)', 'connect ETIMEDOUT 10.0.0.1'],
    ['Unexpected token\n  Deserialization error: to see the raw response, inspect the hidden field {error}.$response on this object.', 'Unexpected token'],
  ] as const;
  for (const [given, expected] of cases) assert.equal(stableMessage(given), expected);
});

test('what a reader needs stays', () => {
  const sentences = [
    `Could not find Certificate Authority ${ca}`,
    'Signing algorithm SHA384WITHECDSA cannot be used with key type RSA_2048. Valid signing algorithms are: SHA256WITHRSA, SHA384WITHRSA, SHA512WITHRSA.',
    `The certificate ${ca}/certificate/1234567890123456789012 was not found`,
    'getaddrinfo ENOTFOUND acm-pca.eu-west-1.amazonaws.com',
  ];
  for (const sentence of sentences) assert.equal(stableMessage(sentence), sentence);
});

test('a very long message is cut', () => {
  assert.equal(stableMessage('x'.repeat(5_000)).length, 1_001);
});

test('a body of nothing but blanks is read in no time', () => {
  // Of this thread's own time: a busy machine may give it little.
  const before = process.threadCpuUsage();
  for (const piece of [' ', '(', ' (Service: ', '1', ',;']) stableMessage(`x${piece.repeat(400_000)}x`);
  assert.ok(process.threadCpuUsage(before).user < 1_000_000);
});
