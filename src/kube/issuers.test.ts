import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readIssuer, type Issuer, type IssuerKind, type IssuerStatus } from '../domain/issuer.ts';
import { makeFakeClock } from '../runtime/fake-clock.ts';
import { makeFakeCalls } from './fake-calls.ts';
import { makeIssuers } from './issuers.ts';

const signal = new AbortController().signal;
const clock = makeFakeClock(Date.parse('2026-03-04T05:06:07.890Z'));

function makeIssuer(kind: IssuerKind, status: object = {}): Issuer {
  const metadata = { namespace: 'apps', name: 'mesh', uid: 'u1', resourceVersion: '7', generation: 3 };
  const issuer = readIssuer(kind, { metadata, spec: { arn: 'arn:x/id-1' }, status });
  assert.ok(issuer);
  return issuer;
}

const ready: IssuerStatus = {
  ready: { status: 'True', reason: 'Verified', message: 'Issuer verified' },
  warnings: [],
  facts: {
    arn: 'arn:x/id-1',
    type: 'SUBORDINATE',
    status: 'ACTIVE',
    usageMode: undefined,
    keyAlgorithm: 'EC_prime256v1',
    signingAlgorithm: 'SHA256WITHECDSA',
    serial: '0a',
    notAfter: new Date('2030-01-01T00:00:00.123Z'),
    pathLength: 0,
    rootSHA256: 'ab',
    hasTrustAnchor: true,
  },
};

test('a status is one apply with the generation that it speaks of, guarded by resourceVersion', async () => {
  const fake = makeFakeCalls(() => ({}));
  assert.deepEqual(await makeIssuers(fake, clock).publish(makeIssuer('AWSPCAIssuer'), ready, signal), { ok: true, value: undefined });
  const [call] = fake.calls;
  assert.equal(call?.path, '/apis/awspca.cert-manager.io/v1beta1/namespaces/apps/awspcaissuers/mesh/status');
  assert.deepEqual(JSON.parse(JSON.stringify(call.body)), {
    apiVersion: 'awspca.cert-manager.io/v1beta1',
    kind: 'AWSPCAIssuer',
    metadata: { name: 'mesh', namespace: 'apps', uid: 'u1', resourceVersion: '7' },
    status: {
      conditions: [
        {
          type: 'Ready',
          status: 'True',
          reason: 'Verified',
          message: 'Issuer verified',
          observedGeneration: 3,
          lastTransitionTime: '2026-03-04T05:06:07Z',
        },
      ],
      certificateAuthority: {
        id: 'id-1',
        type: 'SUBORDINATE',
        status: 'ACTIVE',
        keyAlgorithm: 'EC_prime256v1',
        signingAlgorithm: 'SHA256WITHECDSA',
        serial: '0a',
        notAfter: '2030-01-01T00:00:00Z',
        pathLength: 0,
        rootSHA256: 'ab',
      },
    },
  });
});

test('a cluster issuer has no namespace', async () => {
  const fake = makeFakeCalls(() => ({}));
  await makeIssuers(fake, clock).publish(makeIssuer('AWSPCAClusterIssuer'), ready, signal);
  assert.equal(fake.calls[0]?.path, '/apis/awspca.cert-manager.io/v1beta1/awspcaclusterissuers/mesh/status');
  assert.equal(JSON.stringify(fake.calls[0].body).includes('namespace'), false);
});

test('facts that are not known now are said again as they were, and so is the time of the last flip', async () => {
  const fake = makeFakeCalls(() => ({}));
  const former = {
    conditions: [{ type: 'Ready', status: 'False', reason: 'Error', observedGeneration: 3, lastTransitionTime: '2026-01-01T00:00:00Z' }],
    certificateAuthority: { type: 'ROOT', signingAlgorithm: 'SHA256WITHRSA' },
  };
  const status = { ready: { status: 'False', reason: 'Error', message: 'other words' }, warnings: [], facts: undefined } as const;
  await makeIssuers(fake, clock).publish(makeIssuer('AWSPCAIssuer', former), status, signal);
  const body = JSON.parse(JSON.stringify(fake.calls[0]?.body)) as { status: Record<string, unknown> };
  assert.deepEqual(body.status['certificateAuthority'], { id: 'id-1', type: 'ROOT', signingAlgorithm: 'SHA256WITHRSA' });
  const [condition] = body.status['conditions'] as Record<string, unknown>[];
  assert.equal(condition?.['lastTransitionTime'], '2026-01-01T00:00:00Z');
});

test('facts of the spec before an edit are not said again', async () => {
  const fake = makeFakeCalls(() => ({}));
  const former = {
    conditions: [{ type: 'Ready', status: 'True', reason: 'Verified', observedGeneration: 2, lastTransitionTime: '2026-01-01T00:00:00Z' }],
    certificateAuthority: { type: 'ROOT', signingAlgorithm: 'SHA256WITHRSA' },
  };
  const status = { ready: { status: 'False', reason: 'Error', message: 'another CA' }, warnings: [], facts: undefined } as const;
  await makeIssuers(fake, clock).publish(makeIssuer('AWSPCAIssuer', former), status, signal);
  const body = JSON.parse(JSON.stringify(fake.calls[0]?.body)) as { status: Record<string, unknown> };
  assert.equal(body.status['certificateAuthority'], undefined);
});

test('each condition keeps the time of its own last flip, and those of others are left to them', async () => {
  const fake = makeFakeCalls(() => ({}));
  const then = '2026-01-01T00:00:00Z';
  const former = {
    conditions: [
      { type: 'Ready', status: 'True', reason: 'Verified', observedGeneration: 3, lastTransitionTime: then },
      { type: 'Recheck', status: 'True', reason: 'Throttled', observedGeneration: 3, lastTransitionTime: then },
      { type: 'Somebodys', status: 'True', reason: 'Else', lastTransitionTime: then },
    ],
  };
  const warnings = [
    { type: 'Recheck', status: 'True', reason: 'Unreachable', message: 'other words' },
    { type: 'ExpiresSoon', status: 'True', reason: 'CertificateAuthorityExpiring', message: 'new' },
  ] as const;
  await makeIssuers(fake, clock).publish(makeIssuer('AWSPCAIssuer', former), { ...ready, warnings }, signal);
  const body = JSON.parse(JSON.stringify(fake.calls[0]?.body)) as { status: { conditions: Record<string, unknown>[] } };
  assert.deepEqual(
    body.status.conditions.map((each) => [each['type'], each['reason'], each['observedGeneration'], each['lastTransitionTime']]),
    [
      ['Ready', 'Verified', 3, then],
      ['Recheck', 'Unreachable', 3, then],
      ['ExpiresSoon', 'CertificateAuthorityExpiring', 3, '2026-03-04T05:06:07Z'],
    ],
  );
});

test('an issuer that changed meanwhile is a conflict', async () => {
  const result = await makeIssuers(makeFakeCalls(() => 409), clock).publish(makeIssuer('AWSPCAIssuer'), ready, signal);
  assert.equal(!result.ok && result.failure.class, 'conflict');
});
