// What depends on who approves, on who deletes, and on minutes that pass: nobody approves here but the test.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiObject } from '../../hack/control-plane/api/objects.ts';
import { runBundle } from '../harness/bundle.ts';
import { encodedCsr } from '../harness/csr.ts';
import { ask, issuerSays, issuerWarns } from '../harness/identities.ts';
import { untilMetrics } from '../harness/metrics-page.ts';
import { cacertsSpec, certManager, judge, readyOf, scenario, type IssuerRef, type Scenario } from '../harness/scenario.ts';
import { assertIstioCa, assertRequestLeaf } from '../harness/verdict.ts';
import { worldOf } from '../harness/worlds.ts';

function order(s: Scenario, name: string, issuerRef: IssuerRef, csr = encodedCsr()): Promise<unknown> {
  return s.request(name, { request: csr, issuerRef, duration: '24h', usages: ['server auth'] });
}

/** Issues another request: when it is done, whatever was due for the ones before has been done too. */
async function barrier(s: Scenario, issuerRef: IssuerRef): Promise<void> {
  await order(s, 'barrier', issuerRef);
  await judge(s, 'barrier', 'Approved');
  await s.requestWith('barrier', 'Issued');
}

async function assertUntouched(s: Scenario, name: string): Promise<void> {
  const request = await s.api.get({ apiVersion: certManager, kind: 'CertificateRequest', namespace: s.namespace, name });
  const writers = (request?.metadata as { managedFields?: readonly { manager: string }[] } | undefined)?.managedFields?.map(({ manager }) => manager);
  assert.ok(request !== undefined && writers !== undefined);
  assert.ok(!writers.some((writer) => writer.startsWith('pca-issuer') && writer !== 'pca-issuer-hack'), `written by ${writers.join()}`);
  assert.equal(readyOf(request), undefined);
}

/** Minutes pass between two looks: a call that is under way when the clock jumps would count as one that is never answered. */
async function passMinutes(s: Scenario, minutes: number): Promise<void> {
  await untilMetrics(s.world.address.metricsUrl, 'nothing is under way', (page) => ['pca_issuer_aws_calls_in_flight', 'controller_runtime_active_workers'].every((name) => page.valueOf(name) === 0));
  await fetch(`${s.world.address.clockUrl}/advance?ms=${minutes * 60_000}`, { method: 'POST' });
  await s.emulator.clock({ advanceMs: minutes * 60_000 });
}

/** Waits for the first call of this operation that comes while `meanwhile` goes on, or after it. */
async function untilCalled(s: Scenario, ca: string, operation: string, meanwhile: () => Promise<void> = async () => {}): Promise<void> {
  const { lastSeq } = await s.emulator.journal({ ca });
  await meanwhile();
  await s.emulator.waitForJournal((entry) => entry.operation === operation, { since: lastSeq, ca });
}

scenario('before approval nothing is written and AWS is not called; after it one certificate comes', 'by-hand', async (s) => {
  const arn = await s.subordinate();
  const issuerRef = await s.clusterIssuer(arn);
  await order(s, 'patient', issuerRef);
  await barrier(s, issuerRef);
  await assertUntouched(s, 'patient');
  assert.equal(await s.issuedBy(arn), 1, 'the barrier\'s alone');
  await judge(s, 'patient', 'Approved');
  await assertRequestLeaf(await s.requestWith('patient', 'Issued'));
  assert.equal(await s.issuedBy(arn), 2);
});

scenario('a denied request says Denied with failureTime, and costs nothing', 'by-hand', async (s) => {
  const arn = await s.subordinate();
  await order(s, 'unwanted', await s.clusterIssuer(arn));
  await judge(s, 'unwanted', 'Denied');
  const denied = await s.requestWith('unwanted', 'Denied');
  assert.equal(readyOf(denied)?.message, 'The CertificateRequest was denied by an approval controller');
  assert.equal(typeof denied['status'].failureTime, 'string');
  assert.equal(await s.issuedBy(arn), 0);
});

scenario('requests of another group and of an unknown kind are never written to', 'by-hand', async (s) => {
  const issuerRef = await s.clusterIssuer(await s.subordinate());
  await order(s, 'foreign', { ...issuerRef, group: 'issuers.example.com' });
  await order(s, 'unknown-kind', { ...issuerRef, kind: 'AWSPCAThing' });
  await barrier(s, issuerRef);
  await assertUntouched(s, 'foreign');
  await assertUntouched(s, 'unknown-kind');
});

scenario('a request that is deleted in flight is forgotten, and its namesake with another key gets its own certificate', 'by-hand', async (s) => {
  const arn = await s.subordinate();
  const issuerRef = await s.clusterIssuer(arn);
  await s.fault(arn, { operation: 'GetCertificate', kind: 'in-progress', times: -1 });
  await order(s, 'twin', issuerRef);
  await judge(s, 'twin', 'Approved');
  const where = { apiVersion: certManager, kind: 'CertificateRequest', namespace: s.namespace, name: 'twin' };
  await s.api.waitFor(where, (request) => request.metadata.annotations?.['aws-privateca-issuer/certificate-arn'] !== undefined);
  await s.api.remove(where);
  await s.api.waitForGone(where);
  const csr = encodedCsr({ subject: 'the other twin' });
  await order(s, 'twin', issuerRef, csr);
  await judge(s, 'twin', 'Approved');
  await s.heal();
  const verdict = await assertRequestLeaf(await s.requestWith('twin', 'Issued'));
  assert.match(verdict.leaf.subject, /the other twin/);
  assert.equal(await s.issuedBy(arn), 2);
});

scenario('a request that waits longer than five minutes is told of on its Certificate, once', 'by-hand', async (s) => {
  const arn = await s.subordinate();
  const issuerRef = await s.clusterIssuer(arn);
  await s.fault(arn, { operation: 'IssueCertificate', kind: 'access-denied', times: 'until-cleared' });
  const { metadata: { uid } } = await s.certificate('cacerts', cacertsSpec(issuerRef));
  await s.api.waitFor({ apiVersion: certManager, kind: 'CertificateRequest', namespace: s.namespace, name: 'cacerts-1' }, () => true);
  await judge(s, 'cacerts-1', 'Approved');
  const events = { apiVersion: 'events.k8s.io/v1', kind: 'Event', namespace: s.namespace };
  const isTold = (event: ApiObject): boolean => event['reason'] === 'RequestWaits';
  // Each Event follows its write: none is under way when the clock jumps, which would break it off.
  const follows = (reason: string, name: string) => (event: ApiObject): boolean => event['reason'] === reason && event['regarding']?.name === name;
  await s.api.waitFor(events, follows('Pending', 'cacerts-1'), { what: 'the request to wait for a permission' });
  await s.api.waitFor({ ...events, namespace: 'default' }, follows('Refused', s.namespace), { what: 'the issuer to tell of it' });
  assert.deepEqual((await s.api.list(events)).filter(isTold), []);
  // The next order comes a second later at the soonest.
  await untilCalled(s, arn, 'IssueCertificate');
  await passMinutes(s, 6);
  const told = await s.api.waitFor(events, isTold, { what: 'an Event on the Certificate' });
  const { kind, name, uid: about } = told['regarding'];
  assert.deepEqual([told['type'], kind, name, about], ['Warning', 'Certificate', 'cacerts', uid]);
  assert.match(told['note'] as string, /^CertificateRequest cacerts-1 waits since .*: failed to request certificate from PCA: .*AccessDenied/);
  await untilCalled(s, arn, 'IssueCertificate', () => passMinutes(s, 11));
  assert.equal((await s.api.list(events)).filter(isTold).length, 1);
  await s.heal();
});

scenario('a pause of twelve minutes in GetCertificate ends in exactly one certificate', 'by-hand', async (s) => {
  const arn = await s.subordinate();
  const issuerRef = await s.clusterIssuer(arn);
  await s.fault(arn, { operation: 'GetCertificate', kind: 'in-progress', times: -1 });
  await s.certificate('cacerts', cacertsSpec(issuerRef));
  const where = { apiVersion: certManager, kind: 'CertificateRequest', namespace: s.namespace, name: 'cacerts-1' };
  await s.api.waitFor(where, () => true);
  await judge(s, 'cacerts-1', 'Approved');
  for (let minute = 0; minute < 12; minute++) await untilCalled(s, arn, 'GetCertificate', () => passMinutes(s, 1));
  const waiting = await s.api.waitFor(where, (request) => readyOf(request)?.message?.startsWith('waiting for certificate to be issued') === true);
  assert.equal(readyOf(waiting)?.reason, 'Pending');
  await s.heal();
  await assertIstioCa(await s.secretOf('cacerts'));
  assert.equal(await s.issuedBy(arn), 1);
});

scenario('an approval that comes an hour late counts its dates from the approval', 'by-hand', async (s) => {
  const arn = await s.subordinate();
  await order(s, 'late', await s.clusterIssuer(arn));
  await passMinutes(s, 60);
  const now = Math.floor(Date.now() / 1_000) * 1_000;
  await judge(s, 'late', 'Approved');
  const { leaf } = await assertRequestLeaf(await s.requestWith('late', 'Issued'));
  assert.ok(Math.abs(Date.parse(leaf.notAfter) - (now + 86_400_000)) <= 2_000, `it ends at ${leaf.notAfter}`);
});

test('SIGTERM ends the controller in order, with exit code 0', { timeout: 600_000 }, async () => {
  const { address } = await worldOf('by-hand');
  const off = ['--health-probe-bind-address=0', '--metrics-bind-address=0'];
  const run = await runBundle('controller', `--kubeconfig=${address.kubeconfig}`, ...off);
  // It selects our objects, or does not know how to.
  await run.says('the API server ');
  run.child.kill('SIGTERM');
  assert.equal(await run.ended, 0, run.output.err);
  assert.match(run.output.err, /pca-issuer stopped/);
});

scenario('a Ready issuer that AWS keeps from being checked again stays Ready, says so, and signs; then the word is taken back', 'by-hand', async (s) => {
  const arn = await s.subordinate();
  const issuerRef = await s.clusterIssuer(arn);
  await issuerSays(s, 'AWSPCAClusterIssuer', 'True', 'Verified');
  await s.fault(arn, { operation: 'DescribeCertificateAuthority', kind: 'error-500', times: 'until-cleared' });
  await passMinutes(s, 7);
  const warning = await issuerWarns(s, 'AWSPCAClusterIssuer', 'Recheck', true, /^the issuer could not be checked again: DescribeCertificateAuthority: .* it stays Ready and signs$/);
  assert.equal(warning?.status, 'False');
  await issuerSays(s, 'AWSPCAClusterIssuer', 'True', 'Verified');
  const name = await ask(s, issuerRef);
  await judge(s, name, 'Approved');
  await s.requestWith(name, 'Issued');
  await s.heal();
  await passMinutes(s, 1);
  await issuerWarns(s, 'AWSPCAClusterIssuer', 'Recheck', false);
});
