// Each fault as the real SDK feels it, and what the journal says of it.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { DescribeCertificateAuthorityCommand } from '@aws-sdk/client-acm-pca';
import type { FaultOrder } from './admin-client.ts';
import { account, clientOf, region, startWorld, twoTiers } from './fixtures/running-emulator.ts';
import { sharedKey } from './fixtures/signing-request.ts';

const world = await startWorld();
const { admin } = world;
/** Only ends what hangs. */
const hangMs = 60_000;
const issued = async () => (await admin.journal()).counters.certificatesIssued;
const lastEntry = async () => (await admin.journal()).entries.at(-1);
/** Queues a fault for IssueCertificate and tells how many certificates the call made, and how it failed. */
async function strike(order: Omit<FaultOrder, 'operation'>): Promise<{ readonly made: number; readonly error: unknown }> {
  await admin.fault({ operation: 'IssueCertificate', ...order });
  const before = await issued();
  const error: unknown = await world.issue().then(() => undefined, (failure: unknown) => failure);
  return { made: (await issued()) - before, error };
}
const nameAndStatus = (error: unknown): unknown => {
  if (!(error instanceof Error)) return error;
  const metadata: unknown = '$metadata' in error ? error.$metadata : undefined;
  return [error.name, typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata ? metadata.httpStatusCode : undefined];
};

const refusals = [
  ['throttle', 'ThrottlingException', 400], ['error-500', 'InternalFailure', 500], ['error-503', 'ServiceUnavailable', 503], ['access-denied', 'AccessDeniedException', 400],
  ['expired-token', 'ExpiredTokenException', 400], ['invalid-state', 'InvalidStateException', 400], ['limit-exceeded', 'LimitExceededException', 400],
  ['not-found', 'ResourceNotFoundException', 400], ['in-progress', 'RequestInProgressException', 400],
  ['unrecognized-client', 'UnrecognizedClientException', 400], ['time-skewed', 'RequestTimeTooSkewed', 403],
] as const;
for (const [kind, name, status] of refusals) {
  test(`${kind} is ${name} (${status}), and nothing is done`, async () => {
    const { made, error } = await strike({ kind });
    assert.deepEqual([made, nameAndStatus(error)], [0, [name, status]]);
    const { outcome, fault } = (await lastEntry()) ?? {};
    assert.deepEqual([outcome, fault], [name, kind]);
  });
}

test('access-denied speaks of caller, operation and CA', async () => {
  const { error } = await strike({ kind: 'access-denied' });
  assert.match(String(error), new RegExp(`User: arn:aws:iam::${account}:user/tester is not authorized to perform: acm-pca:IssueCertificate on resource: ${world.ca} `));
});

test('html is a page that is no JSON, with the status that was asked for', async () => {
  for (const status of [undefined, 503]) {
    const { made, error } = await strike({ kind: 'html', ...(status === undefined ? {} : { status }) });
    assert.equal(made, 0);
    assert.ok(error instanceof SyntaxError);
  }
});

test('reset cuts the connection before anything is done', async () => {
  const { made, error } = await strike({ kind: 'reset' });
  assert.deepEqual([made, error instanceof Error && 'code' in error && error.code], [0, 'ECONNRESET']);
});

test('drop closes the connection without an answer, and nothing is done', async () => {
  const { made, error } = await strike({ kind: 'drop' });
  assert.deepEqual([made, error instanceof Error && error.message], [0, 'socket hang up']);
  assert.equal((await lastEntry())?.outcome, 'dropped');
});

test('reset-mid-body carries the call out and breaks off in the middle of the answer', async () => {
  await admin.fault({ operation: 'IssueCertificate', kind: 'reset-mid-body' });
  const before = await issued();
  await assert.rejects(world.issue({ IdempotencyToken: 'half' }), { code: 'ECONNRESET', message: /^aborted/ });
  const arn = await world.issue({ IdempotencyToken: 'half' });
  assert.deepEqual([(await issued()) - before, (await world.fetch(arn)).certificate.length > 0], [1, true]);
});

test('wrong-date answers with a Date that the SDK believes: its next signature is out of time, and the one after is good again', async () => {
  for (const skewMs of [600_000, -600_000]) {
    const sdk = clientOf(world.url, await admin.createAccessKey({ account }));
    const describe = () => sdk.send(new DescribeCertificateAuthorityCommand({ CertificateAuthorityArn: world.ca })).then(() => 'ok', (error: unknown) => error instanceof Error && error.message);
    await admin.fault({ operation: 'DescribeCertificateAuthority', kind: 'wrong-date', skewMs });
    const answers = [await describe(), await describe(), await describe()];
    sdk.destroy();
    assert.deepEqual([answers[0], answers[2]], ['ok', 'ok']);
    assert.match(String(answers[1]), skewMs > 0 ? /^Signature not yet current/ : /^Signature expired/);
  }
});

test('lost carries the call out and cuts the connection; the token brings the certificate back', async () => {
  await admin.fault({ operation: 'IssueCertificate', kind: 'lost' });
  const before = await issued();
  await assert.rejects(world.issue({ IdempotencyToken: 'lost' }), { code: 'ECONNRESET' });
  const lost = await lastEntry();
  const arn = await world.issue({ IdempotencyToken: 'lost' });
  assert.equal(await issued(), before + 1);
  assert.deepEqual([lost?.certificateArn, lost?.outcome, lost?.fault, lost?.issued], [arn, 'ok', 'lost', true]);
});

test('truncated-json and empty-200 carry the call out, and the answer cannot be read', async () => {
  const truncated = await strike({ kind: 'truncated-json' });
  assert.deepEqual([truncated.made, truncated.error instanceof SyntaxError], [1, true]);
  await admin.fault({ operation: 'IssueCertificate', kind: 'empty-200' });
  assert.equal(await world.issue(), '');
});

test('slow carries the call out at once and answers late', async () => {
  await admin.fault({ operation: 'IssueCertificate', kind: 'slow', delayMs: 60 });
  const since = performance.now();
  assert.ok(await world.issue());
  assert.ok(performance.now() - since >= 59);
});

test('wrong-key certifies a key that nobody asked for', async () => {
  await admin.fault({ operation: 'IssueCertificate', kind: 'wrong-key' });
  const { certificate } = await world.fetch(await world.issue());
  assert.equal(new X509Certificate(certificate).checkPrivateKey(sharedKey.privateKey), false);
  assert.equal(new X509Certificate((await world.fetch(await world.issue())).certificate).checkPrivateKey(sharedKey.privateKey), true);
});

test('request-failed lets IssueCertificate pass and GetCertificate fail for ever; on GetCertificate it fails once', async () => {
  await admin.fault({ operation: 'IssueCertificate', kind: 'request-failed' });
  const failed = await world.issue();
  for (let i = 0; i < 2; i++) await assert.rejects(world.fetch(failed), { name: 'RequestFailedException' });
  const arn = await world.issue();
  await admin.fault({ operation: 'GetCertificate', kind: 'request-failed' });
  await assert.rejects(world.fetch(arn), { name: 'RequestFailedException' });
  assert.ok(await world.fetch(arn));
});

test('plant answers with what it was given', async () => {
  await admin.fault({ operation: 'GetCertificate', kind: 'plant', body: { Certificate: 'planted' } });
  assert.equal((await world.fetch(await world.issue())).certificate, 'planted');
});

test('in-progress lasts until it is cleared', async () => {
  const arn = await world.issue();
  await admin.fault({ operation: 'GetCertificate', kind: 'in-progress', times: 'until-cleared' });
  for (let i = 0; i < 3; i++) await assert.rejects(world.fetch(arn), { name: 'RequestInProgressException' });
  await admin.clearFaults();
  assert.ok(await world.fetch(arn));
});

test('a hanging call is in the journal while it hangs, and is carried out when it is let go', async () => {
  await admin.fault({ operation: 'IssueCertificate', kind: 'hang' });
  const { lastSeq: since } = await admin.journal();
  const call = world.issue();
  const { seq } = await admin.waitForJournal(({ outcome }) => outcome === 'hanging', { timeoutMs: hangMs, since });
  assert.equal((await admin.faults()).hanging, 1);
  const before = await issued();
  assert.equal(await admin.releaseHanging(), 1);
  assert.ok(await call);
  const entry = (await admin.journal()).entries.find((one) => one.seq === seq);
  assert.deepEqual([(await issued()) - before, entry?.outcome, entry?.fault], [1, 'ok', 'hang']);
});

test('a client that leaves a hanging call leaves nothing behind', { timeout: hangMs }, async () => {
  await admin.fault({ operation: 'DescribeCertificateAuthority', kind: 'hang' });
  const leaving = new AbortController();
  const { lastSeq: since } = await admin.journal();
  const call = world.sdk.send(new DescribeCertificateAuthorityCommand({ CertificateAuthorityArn: world.ca }), { abortSignal: leaving.signal });
  const { seq } = await admin.waitForJournal(({ outcome }) => outcome === 'hanging', { timeoutMs: hangMs, since });
  leaving.abort();
  await assert.rejects(call, { name: 'AbortError' });
  // The server hears of it when the socket closes, which another call on another socket may overtake.
  for (;;) if ((await admin.journal({ since: seq - 1 })).entries[0]?.outcome === 'client left') break;
  assert.equal((await admin.faults()).hanging, 0);
});

test('faults strike in the order of the queue, each as often as told', async () => {
  await admin.fault({ operation: 'IssueCertificate', kind: 'throttle', times: 2 });
  await admin.fault({ operation: '*', kind: 'error-500' });
  const names: unknown[] = [];
  for (let i = 0; i < 4; i++) names.push(await world.issue().then(() => 'ok', (error: unknown) => error instanceof Error && error.name));
  assert.deepEqual(names, ['ThrottlingException', 'ThrottlingException', 'InternalFailure', 'ok']);
  assert.deepEqual((await admin.faults()).faults, []);
});

test('a fault for one CA leaves another alone, and can be cleared alone', async () => {
  const { authorities } = await admin.createHierarchy({ name: 'other', account, region, tiers: twoTiers });
  const other = authorities[1]?.arn ?? '';
  await admin.fault({ operation: 'IssueCertificate', kind: 'throttle', times: -1, ca: other });
  await admin.fault({ operation: 'IssueCertificate', kind: 'invalid-state', times: -1, ca: world.ca });
  await assert.rejects(world.issue(), { name: 'InvalidStateException' });
  await admin.clearFaults({ ca: world.ca });
  assert.ok(await world.issue());
  await assert.rejects(world.issue({ CertificateAuthorityArn: other }), { name: 'ThrottlingException' });
  await admin.clearFaults();
});

test('a call with a bad signature spends no fault', async () => {
  await admin.fault({ operation: 'DescribeCertificateAuthority', kind: 'throttle' });
  const headers = { 'x-amz-target': 'ACMPrivateCA.DescribeCertificateAuthority', 'content-type': 'application/x-amz-json-1.1' };
  assert.match(await (await fetch(world.url, { method: 'POST', headers, body: '{}' })).text(), /MissingAuthenticationTokenException/);
  assert.equal((await admin.faults()).faults.length, 1);
  await admin.clearFaults();
});

test('a round trip can be given to every operation', async () => {
  await admin.settings({ roundTripMs: { IssueCertificate: 30 } });
  const since = performance.now();
  await world.issue();
  await admin.settings({ roundTripMs: {} });
  assert.ok(performance.now() - since >= 29);
});

test('a call beyond the quota is throttled, tells of no fault and spends none, and the virtual clock fills the bucket', async () => {
  // One call in a hundred seconds: more than the machine takes for two.
  await admin.settings({ quotas: { IssueCertificate: 0.01 } });
  await admin.fault({ operation: 'IssueCertificate', kind: 'error-500', times: 2 });
  const names: unknown[] = [];
  for (let i = 0; i < 2; i++) names.push(await world.issue().then(() => 'ok', (error: unknown) => error instanceof Error && error.name));
  const throttled = await lastEntry();
  await admin.clock({ advanceMs: 100_000 });
  names.push(await world.issue().then(() => 'ok', (error: unknown) => error instanceof Error && error.name));
  const left = (await admin.faults()).faults.length;
  await admin.clock({ offsetMs: 0 });
  await admin.settings({ quotas: {} });
  await admin.clearFaults();
  assert.deepEqual(names, ['InternalFailure', 'ThrottlingException', 'InternalFailure']);
  assert.deepEqual([throttled?.outcome, throttled?.fault, throttled?.ca, left], ['ThrottlingException', undefined, world.ca, 0]);
});

test('a fault with a window ends when the virtual clock has passed it', async () => {
  await admin.fault({ operation: 'IssueCertificate', kind: 'throttle', forMs: 60_000 });
  for (let i = 0; i < 2; i++) await assert.rejects(world.issue(), { name: 'ThrottlingException' });
  await admin.clock({ advanceMs: 60_000 });
  assert.ok(await world.issue());
  assert.deepEqual((await admin.faults()).faults, []);
  await admin.clock({ offsetMs: 0 });
});

test('a fault that could never strike is refused by the field that is wrong', async () => {
  const orders = [{ operation: 'IssueCertificat' }, { probability: 0 }, { probability: 1.5 }, { forMs: 0 }, { times: 0 }, { seed: -1 }, { status: 99 }];
  for (const order of orders) await assert.rejects(admin.fault({ operation: '*', kind: 'throttle', ...order }), new RegExp(`: ${Object.keys(order)[0]} must be `));
});

test('a setting out of its range, or for an operation that is none, is refused by its name', async () => {
  await assert.rejects(admin.settings({ quotaScale: 0 }), /quotaScale must be above 0/);
  await assert.rejects(admin.settings({ certificatesPerAuthority: -1 }), /certificatesPerAuthority must be 0 or more/);
  await assert.rejects(admin.settings({ quotas: { IssueCertificat: 1 } }), /unknown field IssueCertificat/);
});
